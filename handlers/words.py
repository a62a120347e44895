"""Words: a name and facts -> text. The one Jinja environment (per language) that pages, bot and workers share.

For handlers, workers and commands: `words.page("vi", "citizen/…/slip.html", page=page, frame=frame)`,
`words.sentence("en", "score_off_scale", {"value": "11"})`. Undefined is an error, everything is escaped except plain
text (chat messages, sentences), which the reader of the text escapes where it shows it.

Will NOT fetch, decide or look at a request; templates get one object `page` and the frame of the layout.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, MutableMapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from types import CodeType
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template, meta, nodes
from jinja2.compiler import CodeGenerator, Frame
from jinja2.ext import Extension
from markupsafe import Markup, escape

from handlers import compiled
from handlers.assets import Assets
from handlers.formats import FILTERS
from handlers.translation import ConstantCalls, Entry, Message, Translations, read_catalogue

try:
    from markupsafe._speedups import _escape_inner
except ImportError:  # a machine without its C part
    from markupsafe._native import _escape_inner


TEMPLATES = Path(__file__).resolve().parents[1] / "templates"
SOURCE_LANGUAGE = "vi"
CODES = "errors/_codes"  # and _<slice>, .html: one block per code


class NoWords(KeyError):
    """A code that templates/errors/_codes*.html do not know."""


def escaped(value: object) -> str:
    """markupsafe.escape for text that is printed at once: the same letters without a Markup object round each value."""
    if type(value) is str:
        return _escape_inner(value)
    if type(value) is int:
        return str(value)
    return value if type(value) is Markup else escape(value)


class Lean(CodeGenerator):
    """Prints values through `escaped`, and each root and block as one text.

    A third of a slip's time went into objects that nobody kept, a fifth into handing some 270 pieces up through a
    generator each for block, layout and page."""

    def blockvisit(self, nodes: Iterable[nodes.Node], frame: Frame) -> None:
        """The body of a root or a block is the one that has no buffer yet; all within write into its."""
        if frame.buffer is not None:
            super().blockvisit(nodes, frame)
            return
        self.buffer(frame)
        super().blockvisit(nodes, frame)
        self.writeline(f"yield concat({frame.buffer})")

    def _output_child_pre(self, node: nodes.Expr, frame: Frame, finalize: Any) -> None:
        if frame.eval_ctx.volatile or not frame.eval_ctx.autoescape or finalize.src is not None:
            super()._output_child_pre(node, frame, finalize)
        else:
            self.write("environment.escaped(")


class House(Environment):
    """Jinja with our rules: compiled translations, constant calls, strict undefined."""

    code_generator_class = Lean
    escaped = staticmethod(escaped)
    language: str = SOURCE_LANGUAGE
    folder: Path = TEMPLATES
    constants: dict[str, Callable[[str], str]]

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """One dictionary, complete before the first template is read: a chain of them is flattened for every page."""
        return {**self.globals, **(d or {})}

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        tree = super()._parse(source, name, filename)
        translations = self.extensions[Translations.identifier]
        assert isinstance(translations, Translations)
        transformed = ConstantCalls(translations, self.constants, name).visit(tree)
        assert isinstance(transformed, nodes.Template)
        return transformed

    def _compile(self, source: str, filename: str) -> CodeType:
        """Code says which template it is of, not in which folder that lies: wherever it is made, it is the same."""
        path, folder = Path(filename), self.folder
        named = f"{folder.name}/{path.relative_to(folder).as_posix()}" if path.is_relative_to(folder) else filename
        return super()._compile(source, named)


def is_escaped(name: str | None) -> bool:
    """Markup everywhere; plain text in what is sent to a chat, and in sentences, which pages escape themselves."""
    return not (name and (name.endswith(".txt") or name.startswith(CODES)))


def _environment(
    language: str, folder: Path, assets: Assets, catalogue: dict[Message, Entry], auto_reload: bool
) -> House:
    extensions: list[type[Extension]] = [Translations]
    environment = House(
        loader=FileSystemLoader(folder),
        extensions=extensions,
        undefined=StrictUndefined,
        autoescape=is_escaped,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=auto_reload,
        cache_size=-1,
        bytecode_cache=compiled.shipped(folder, language),
    )
    environment.language = language
    environment.folder = folder
    environment.constants = {"icon": assets.icon, "asset": assets.address, "vendored": assets.vendored}
    environment.catalogue = catalogue  # type: ignore[attr-defined]
    environment.filters.update(FILTERS)
    environment.globals.update(lang=language, asset=assets.address, icon=assets.icon, vendored=assets.vendored)
    return environment


@dataclass(frozen=True)
class Words:
    """All text the system says, in every language it speaks."""

    languages: tuple[str, ...]
    assets: Assets
    folder: Path = TEMPLATES
    auto_reload: bool = False
    _made: dict[str, House] = field(default_factory=dict, repr=False)

    def environment(self, language: str) -> House:
        """The environment of a language, made on first use; an unknown language is a bug of the caller."""
        if language not in self._made:
            if language not in self.languages:
                raise ValueError(f"no language {language!r}")
            path = self.folder / "i18n" / f"{language}.po"
            catalogue = {} if language == SOURCE_LANGUAGE else read_catalogue(path)
            made = _environment(language, self.folder, self.assets, catalogue, self.auto_reload)
            made.globals["sentence"] = lambda code, facts: self.sentence(language, code, facts)
            self._made[language] = made
        return self._made[language]

    def template(self, language: str, name: str) -> Template:
        """A compiled template; handlers on a hot path keep it."""
        return self.environment(language).get_template(name)

    def page(self, language: str, name: str, **context: Any) -> str:
        """A whole page, letter or message."""
        return self.template(language, name).render(context)

    def part(self, language: str, name: str, macro: str, *arguments: Any, **options: Any) -> Markup:
        """One component by itself, for pieces that are made once and shown often (a distribution's table)."""
        # A macro of an escaping template gives markup already; this only says so to the types.
        return Markup(getattr(self.template(language, name).module, macro)(*arguments, **options))  # noqa: S704 - a macro's output, escaped by the environment

    def sentence(self, language: str, code: str, facts: Mapping[str, Any]) -> str:
        """What happened and what to do next, as plain text. Raises NoWords for a code without words."""
        name = self._codes.get(code)
        if name is None:
            raise NoWords(code)
        template = self.template(language, name)
        return "".join(template.blocks[code](template.new_context(dict(facts)))).strip()

    @cached_property
    def _codes(self) -> dict[str, str]:
        """Every code and the template of its sentence; a code has one place."""
        found: dict[str, str] = {}
        for path in sorted(self.folder.glob(f"{CODES}*.html")):
            name = path.relative_to(self.folder).as_posix()
            for code in self.template(SOURCE_LANGUAGE, name).blocks:
                if code in found:
                    raise ValueError(f"{code} has words in {found[code]} and in {name}")
                found[code] = name
        return found

    @cached_property
    def facts_of(self) -> dict[str, frozenset[str]]:
        """Every code with words, and the facts its sentence needs; for the test that holds raisers to it."""
        environment = self.environment(SOURCE_LANGUAGE)
        found = {}
        for name in sorted(set(self._codes.values())):
            source = (self.folder / name).read_text(encoding="utf-8")
            for block in environment.parse(source).find_all(nodes.Block):
                body = nodes.Template(block.body, lineno=1)
                body.set_environment(environment)
                found[block.name] = frozenset(meta.find_undeclared_variables(body)) - {"lang"}
        return found


def build_environment(
    languages: Iterable[str] = ("vi", "en"),
    *,
    assets: Assets | None = None,
    folder: Path = TEMPLATES,
    auto_reload: bool = False,
) -> Words:
    """The words of the house. Cheap: a language's templates are read when they are first shown."""
    return Words(tuple(languages), assets or Assets.of(folder / "assets"), folder, auto_reload)
