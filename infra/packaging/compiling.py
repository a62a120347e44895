"""Compiles every module below a folder, for read-only folders whose dates mean nothing. Run by the target's own Python.

`python3.13 compiling.py FOLDER PREFIX`. A file's date decides whether ordinary bytecode is believed, and in a zip for
Lambda all dates are one: every start would compile everything anew. Bytecode with an unchecked hash is always believed.
Uses the standard library only, and one process, so that the same input gives the same bytes."""

import py_compile
import sys
from pathlib import Path


def compiled(folder: Path, prefix: str) -> int:
    """How many modules were compiled; `prefix` is where they will lie, for tracebacks."""
    sources = sorted(folder.rglob("*.py"))
    for source in sources:
        cache = source.parent / "__pycache__" / f"{source.stem}.{sys.implementation.cache_tag}.pyc"
        py_compile.compile(
            str(source),
            cfile=str(cache),
            dfile=f"{prefix}/{source.relative_to(folder).as_posix()}",
            doraise=True,
            invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH,
        )
    return len(sources)


if __name__ == "__main__":
    print(compiled(Path(sys.argv[1]), sys.argv[2]))
