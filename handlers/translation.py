"""Translation while a template is compiled: a page in any language costs at run time what untranslated text costs.

For handlers/words.py (which makes the environments) and infra/messages.py (which lists the messages). Vietnamese is the
source text and needs no catalogue; other languages come from templates/i18n/<language>.po, read by the small reader
below, so that nothing has to be built before a start and Babel stays out of the package.

Will NOT translate at run time: `_()` takes a constant, and a message is chosen before any request is known.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import Environment, TemplateAssertionError, nodes
from jinja2.ext import InternationalizationExtension
from jinja2.visitor import NodeTransformer

PLACE = re.compile(r"%\((\w+)\)s|%%")
LINE = re.compile(r'^(?:(msgctxt|msgid_plural|msgid|msgstr)(?:\[(\d)\])?\s*)?"(.*)"\s*$')
PART_OF_LAYOUT = "layouts/_"
ESCAPES = {"n": "\n", "t": "\t", "r": "\r", '"': '"', "\\": "\\"}


@dataclass(frozen=True, slots=True)
class Message:
    """One text to translate, as it stands in a template."""

    singular: str
    plural: str | None = None
    context: str | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """One translated message: the text for one, the text for many (the same where there is one form)."""

    one: str
    many: str
    fuzzy: bool = False


def read_catalogue(path: Path) -> dict[Message, Entry]:
    """A .po file as a dictionary; obsolete entries and the header are left out."""
    found: dict[Message, Entry] = {}
    for block in re.split(r"\n\s*\n", path.read_text(encoding="utf-8")):
        fields = _fields(block)
        if fields.get("msgid"):
            one = fields.get("msgstr0", fields.get("msgstr", ""))
            message = Message(fields["msgid"], fields.get("msgid_plural"), fields.get("msgctxt"))
            fuzzy = any(line.startswith("#,") and "fuzzy" in line for line in block.splitlines())
            found[message] = Entry(one, fields.get("msgstr1", one), fuzzy)
    return found


def _fields(block: str) -> dict[str, str]:
    """The parts of one entry, continuation lines joined."""
    fields: dict[str, str] = {}
    name = ""
    for line in block.splitlines():
        match = LINE.match(line)
        if match:
            name = f"{match[1]}{match[2] or ''}" if match[1] else name
            fields[name] = fields.get(name, "") + re.sub(r"\\(.)", lambda m: ESCAPES.get(m[1], m[1]), match[3])
    return fields


class Translations(InternationalizationExtension):
    """`{% trans %}` and `_()` become constants and plain variables; `environment.heard` is told of each message."""

    def __init__(self, environment: Environment) -> None:
        super().__init__(environment)
        # A call that was not resolved while compiling must fail loudly, not speak Vietnamese by chance.
        environment.globals.pop("_", None)
        environment.policies["ext.i18n.trimmed"] = True
        environment.extend(catalogue={}, heard=None)

    def find(self, message: Message) -> Entry:
        """The words to show; the source text where the catalogue has none (a test keeps it complete)."""
        heard: Callable[[Message], None] | None = self.environment.heard  # type: ignore[attr-defined]
        if heard:
            heard(message)
        catalogue: dict[Message, Entry] = self.environment.catalogue  # type: ignore[attr-defined]
        entry = catalogue.get(message)
        return (
            entry if entry and entry.one and entry.many else Entry(message.singular, message.plural or message.singular)
        )

    def _make_node(
        self,
        singular: str,
        plural: str | None,
        context: str | None,
        variables: dict[str, nodes.Expr],
        plural_expr: nodes.Expr | None,
        vars_referenced: bool,
        num_called_num: bool,
    ) -> nodes.Output:
        """Called by the parser for each `{% trans %}`; the base class would emit a call of gettext here."""
        entry = self.find(Message(singular, plural, context))
        one = list(self._pieces(entry.one, variables))
        if plural_expr is None or entry.one == entry.many:
            return nodes.Output(one)
        many = list(self._pieces(entry.many, variables))
        test = nodes.Compare(plural_expr, [nodes.Operand("eq", nodes.Const(1))])
        # The type says Output; the parser takes any statement.
        return nodes.If(test, [nodes.Output(one)], [], [nodes.Output(many)])  # type: ignore[return-value]

    def _pieces(self, text: str, variables: dict[str, nodes.Expr]) -> Iterator[nodes.Expr]:
        """Text around its places: constants are markup that we wrote, values are escaped like any other."""
        at = 0
        for place in PLACE.finditer(text):
            yield nodes.TemplateData(text[at : place.start()])
            yield variables[place[1]] if place[1] else nodes.TemplateData("%")
            at = place.end()
        yield nodes.TemplateData(text[at:])


class ConstantCalls(NodeTransformer):
    """Resolves while compiling: `_("…")` to its words, calls of constant functions, such as `icon("phone")`, and parts
    of a layout, which stand in it as if written there: an include at run time costs as much as a row of a slip."""

    def __init__(
        self, translations: Translations, functions: dict[str, Callable[[str], str]], name: str | None
    ) -> None:
        self.translations = translations
        self.functions = functions
        self.name = name

    def generic_visit(self, node: nodes.Node, *args: Any, **kwargs: Any) -> nodes.Node:
        """What stands side by side is printed at once: a message that became text joins the text round it."""
        super().generic_visit(node, *args, **kwargs)
        for _, children in node.iter_fields():
            if isinstance(children, list):
                children[:] = _joined(children)
        return node

    def visit_Call(self, node: nodes.Call) -> nodes.Node:
        self.generic_visit(node)
        called = node.node.name if isinstance(node.node, nodes.Name) else ""
        first = node.args[0] if len(node.args) == 1 else None
        text = first.value if isinstance(first, nodes.Const) and isinstance(first.value, str) else None
        if called == "_":
            if text is None:
                raise TemplateAssertionError("_() takes one constant text", node.lineno, self.name)
            return self._words(text, node)
        if called in self.functions and text is not None and not node.kwargs:
            return nodes.MarkSafe(
                nodes.Const(str(self.functions[called](text)), lineno=node.lineno), lineno=node.lineno
            )
        return node

    def visit_Include(self, node: nodes.Include) -> nodes.Node | list[nodes.Node]:
        name = node.template.value if isinstance(node.template, nodes.Const) else ""
        if not str(name).startswith(PART_OF_LAYOUT):
            return node
        environment = self.translations.environment
        assert environment.loader is not None
        source, path, _ = environment.loader.get_source(environment, name)
        return list(environment._parse(source, name, path).body)

    def _words(self, text: str, node: nodes.Call) -> nodes.Expr:
        """Plain text, escaped where it is shown; `_("Trang %(n)s", n=page.number)` keeps its places."""
        words = self.translations.find(Message(text)).one
        variables = {pair.key: pair.value for pair in node.kwargs}
        if not variables:
            return nodes.Const(words.replace("%%", "%"), lineno=node.lineno)
        parts: list[nodes.Expr] = []
        for piece in self.translations._pieces(words, variables):
            parts.append(nodes.Const(piece.data) if isinstance(piece, nodes.TemplateData) else piece)
        return nodes.Concat(parts, lineno=node.lineno)


def _joined(body: list[Any]) -> Iterator[Any]:
    """Statements with neighbouring outputs as one."""
    open_one: nodes.Output | None = None
    for node in list(body):
        if open_one is not None and isinstance(node, nodes.Output):
            open_one.nodes = [*open_one.nodes, *node.nodes]
            continue
        open_one = node if isinstance(node, nodes.Output) else None
        yield node
