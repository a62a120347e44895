"""Templates compiled beforehand, for functions: a start reads code where it would parse text and write code of it.

The packaging runs `python -m handlers.compiled` by the interpreter that will read it; a checkout has no such folder, and
its templates are compiled from their text as ever. Code of another Python or of a text that has changed is not used."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

from jinja2.bccache import Bucket, BytecodeCache

if TYPE_CHECKING:
    from handlers.words import Words

FOLDER = "compiled"
ENDS = (".html", ".txt")


class Shipped(BytecodeCache):
    """The code of one language's templates. It is written only while the package is made."""

    def __init__(self, folder: Path, language: str, writes: bool = False) -> None:
        self._folder = folder
        self._language = language
        self._writes = writes

    def get_cache_key(self, name: str, filename: str | None = None) -> str:
        """By name alone: where the folder lies is not the same when it is written and when it is read."""
        return hashlib.sha256(f"{self._language}|{name}".encode()).hexdigest()[:24]

    def load_bytecode(self, bucket: Bucket) -> None:
        """Leaves the bucket empty when there is none that fits."""
        try:
            with (self._folder / bucket.key).open("rb") as file:
                bucket.load_bytecode(file)
        except FileNotFoundError:
            return

    def dump_bytecode(self, bucket: Bucket) -> None:
        """A function can write nothing and needs to."""
        if self._writes:
            with (self._folder / bucket.key).open("wb") as file:
                bucket.write_bytecode(file)


def shipped(templates: Path, language: str) -> Shipped | None:
    """The cache of a packaged function, or None in a checkout."""
    folder = templates / FOLDER
    return Shipped(folder, language) if folder.is_dir() else None


def write(words: Words) -> int:
    """Compile every template in every language; how many files."""
    folder = words.folder / FOLDER
    folder.mkdir(exist_ok=True)
    names = sorted(path.relative_to(words.folder).as_posix() for path in words.folder.rglob("*") if path.suffix in ENDS)
    for language in words.languages:
        environment = words.environment(language)
        environment.bytecode_cache = Shipped(folder, language, writes=True)
        for name in names:
            environment.get_template(name)
    return len(list(folder.iterdir()))


if __name__ == "__main__":
    from handlers.words import build_environment

    write(build_environment())
