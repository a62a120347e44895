"""The one environment: compiled translations, strictness, sentences."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import TemplateAssertionError, UndefinedError
from markupsafe import Markup, escape

from handlers.words import CODES, NoWords, Words, build_environment, escaped
from miniapp.core.personal import Personal

PO = """msgid ""
msgstr "Content-Type: text/plain; charset=utf-8\\n"

msgid "Xin chào %(name)s, %(percent)s %%"
msgstr "%(percent)s %% for "
"%(name)s"

msgid "%(n)s thí sinh"
msgid_plural "%(n)s thí sinh"
msgstr[0] "%(n)s candidate"
msgstr[1] "%(n)s candidates"

msgctxt "button"
msgid "Gửi"
msgstr "Send"

msgid "Gửi"
msgstr "Sent \\"so\\""

#~ msgid "Cũ"
#~ msgstr "Old"

msgid "Trống"
msgstr ""
"""


@pytest.fixture
def words(tmp_path: Path) -> Words:
    pages = {
        "i18n/en.po": PO,
        "assets/icons.svg": "<svg/>",
        "assets/app.css": "a{b:c}",
        "assets/console.css": "",
        "hello.html": "{% trans name=page.name, percent=page.percent %}Xin chào {{ name }}, {{ percent }} %"
        "{% endtrans %}",
        "count.html": "{% trans n=page.n %}{{ n }} thí sinh{% pluralize n %}{{ n }} thí sinh{% endtrans %}",
        "context.html": "{% trans 'button' %}Gửi{% endtrans %} {{ _('Gửi') }}",
        "concat.html": "{{ _('Xin chào %(name)s, %(percent)s %%', name=page.name, percent=5) }}",
        "empty.html": "{{ _('Trống') }} {{ _('Không có trong danh mục') }} {{ _('Cũ') }}",
        "late.html": "{{ _(page.text) }}",
        "undefined.html": "{{ page.nothing }}",
        "constant.html": "{{ icon('phone') }}{{ asset('icons.svg') }}",
        "layouts/_top.html": "<title>{% block title %}{% endblock %}</title>{% trans %}Gửi{% endtrans %}{{ kind }}",
        "layouts/plain.html": "{% set kind = 'plain' %}{% include 'layouts/_top.html' %}",
        "framed.html": "{% extends 'layouts/plain.html' %}{% block title %}{{ page.name }}{% endblock %}",
        "beside.html": "<p>{% trans %}Gửi{% endtrans %}</p> {% trans n=page.n %}Số {{ n }}{% endtrans %}!"
        "{% if page.n %}<b>{% trans %}Gửi{% endtrans %}</b>{% else %}<i></i>{% endif %}<hr>{% trans %}Gửi{% endtrans %}",
        "message.txt": "{{ page.name }}",
        f"{CODES}.html": "{% block too_long %}{% trans most=most|figure %}Dài hơn {{ most }}."
        "{% endtrans %}{% endblock %}",
    }
    for name, text in pages.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    return build_environment(folder=tmp_path)


def test_the_source_text_is_shown_in_vietnamese_and_its_words_in_english(words: Words) -> None:
    page = {"name": "Mai", "percent": 83}
    assert words.page("vi", "hello.html", page=page) == "Xin chào Mai, 83 %"
    assert words.page("en", "hello.html", page=page) == "83 % for Mai"


def test_values_are_escaped_in_every_language(words: Words) -> None:
    page = {"name": "<b>", "percent": "&"}
    assert words.page("vi", "hello.html", page=page) == "Xin chào &lt;b&gt;, &amp; %"
    assert words.page("en", "concat.html", page=page) == "5 % for &lt;b&gt;"


@pytest.mark.parametrize(("count", "text"), [(0, "0 candidates"), (1, "1 candidate"), (2, "2 candidates")])
def test_english_has_one_and_many(words: Words, count: int, text: str) -> None:
    assert words.page("en", "count.html", page={"n": count}) == text
    assert words.page("vi", "count.html", page={"n": count}) == f"{count} thí sinh"


def test_the_same_text_may_mean_two_things(words: Words) -> None:
    assert words.page("en", "context.html", page={}) == "Send Sent &#34;so&#34;"


def test_a_text_without_words_stays_vietnamese_and_obsolete_words_are_not_used(words: Words) -> None:
    assert words.page("en", "empty.html", page={}) == "Trống Không có trong danh mục Cũ"


def test_translation_costs_no_call_at_run_time(words: Words) -> None:
    environment = words.environment("en")
    for name in ("hello.html", "count.html", "context.html", "constant.html"):
        source = (words.folder / name).read_text(encoding="utf-8")
        compiled = environment.compile(source, raw=True)
        assert not [call for call in ("gettext", "'_'", "icon'") if call in compiled], compiled


def test_words_and_the_markup_beside_them_are_printed_at_once(words: Words) -> None:
    environment = words.environment("vi")
    source = (words.folder / "beside.html").read_text(encoding="utf-8")
    compiled = environment.compile(source, raw=True)
    assert [piece for piece in ("<p>Gửi</p> Số ", "<b>Gửi</b>", "<hr>Gửi") if repr(piece) not in compiled] == []


def test_a_page_is_handed_up_as_one_text(words: Words) -> None:
    template = words.template("vi", "beside.html")
    pieces = template.root_render_func(template.new_context({"page": {"n": 5}}))
    assert list(pieces) == ["<p>Gửi</p> Số 5!<b>Gửi</b><hr>Gửi"]


def test_a_text_chosen_at_run_time_is_refused_when_the_template_is_compiled(words: Words) -> None:
    with pytest.raises(TemplateAssertionError):
        words.template("en", "late.html")


@given(st.text())
def test_printing_a_value_escapes_it_as_markupsafe_does(text: str) -> None:
    class Shown:
        def __html__(self) -> str:
            return text

    for value in (text, Markup(text), 5, -3, 10**20, True, 2.5, None, Shown(), Personal(text)):
        assert str(escaped(value)) == str(escape(value))


def test_undefined_is_an_error(words: Words) -> None:
    with pytest.raises(UndefinedError):
        words.page("vi", "undefined.html", page={})


def test_icons_and_addresses_are_constants_of_the_compiled_page(words: Words) -> None:
    text = words.page("vi", "constant.html", page={})
    assert text.startswith('<svg class="icon"')
    assert "/assets/icons." in text
    assert "aria-hidden" in text


def test_a_part_of_a_layout_is_compiled_into_it_with_its_blocks_and_words(words: Words) -> None:
    assert words.page("en", "framed.html", page={"name": "a < b"}) == '<title>a &lt; b</title>Sent "so"plain'
    (words.folder / "layouts" / "_top.html").unlink()
    assert words.page("en", "framed.html", page={"name": "c"}).startswith("<title>c")  # nothing is looked up any more


def test_plain_text_is_not_escaped(words: Words) -> None:
    assert words.page("vi", "message.txt", page={"name": "A & B"}) == "A & B"


def test_a_sentence_is_plain_text_with_its_facts_formatted(words: Words) -> None:
    assert words.sentence("vi", "too_long", {"most": 4000, "unused": 1}) == "Dài hơn 4.000."
    assert words.facts_of == {"too_long": {"most"}}


def test_a_code_without_words_is_named(words: Words) -> None:
    with pytest.raises(NoWords, match="unheard_of"):
        words.sentence("vi", "unheard_of", {})


def test_a_code_has_its_words_in_one_place(words: Words) -> None:
    (words.folder / f"{CODES}_forms.html").write_text("{% block too_long %}twice{% endblock %}", encoding="utf-8")
    with pytest.raises(ValueError, match="too_long"):
        words.sentence("vi", "too_long", {"most": 1})


def test_a_sentence_whose_fact_is_missing_is_an_error(words: Words) -> None:
    with pytest.raises(UndefinedError):
        words.sentence("vi", "too_long", {})


def test_a_language_nobody_speaks_is_a_bug(words: Words) -> None:
    with pytest.raises(ValueError):
        words.page("fr", "hello.html", page={})
