"""Files of an edition: note one that has arrived, read it again with other options, take it out, start again.

For officers who may upload. The browser sends a file straight to the bucket by the form on the edition's page; the
bucket then sends it to `received`, which anyone may open, since no cookie of ours comes along from another site, and
which shows nothing but a way back. Here too: the file to fill in that each exam has. No GET here changes anything."""

from collections.abc import Callable, Iterator
from typing import Any

from flask import Response

from handlers import answers, context, downloads, forms, landings
from handlers.console import exam_scores_desk as desk
from handlers.console.exam_scores_desk import address
from handlers.doors import anyone, officers, pages
from miniapp.core.errors import Invalid
from miniapp.exam_scores.model import Exam
from miniapp.exam_scores.subjects import vocabulary

files = pages("console_exam_scores_files", officers(may="scores.upload"), desk.PREFIX, "console")
landing = pages("console_exam_scores_landing", anyone, desk.PREFIX)

OPTIONS = ("pad", "minus_one")
WORDS = "console/exam_scores/_columns.txt"
FACTOR_ROWS = ("birth_date", "full_name", "identity_last4", "card_code")  # as the template's words come


@landing.get(f"{desk.EDITION}/da-nhan")
def received(agency: str, exam: str, edition: str) -> Response:
    """The file is in the bucket: back to the edition's page."""
    return landings.received("received/exam_scores.html", address(exam, edition))


@landing.route(f"{desk.EDITION}/da-nhan", methods=["OPTIONS"])
def may_be_read(agency: str, exam: str, edition: str) -> Response:
    """What a browser asks first when a script sent the file."""
    return landings.may_be_read()


@files.get("/<exam>/tep-mau.<any(csv, xlsx):kind>")
def example(agency: str, exam: str, kind: str) -> Response:
    """A file to fill in: the columns that this exam's files have, every cell text, and one made-up row."""
    held = context.services().exam_office.exam(context.agency().id, exam)
    columns = list(_example(held))
    header, row = [name for name, _ in columns], [cell for _, cell in columns]
    return downloads.answer(f"tep-mau-{held.slug}", kind, header, [row])


def _example(exam: Exam) -> Iterator[tuple[str, str]]:
    """Columns with a cell each, in Vietnamese whoever asks, because that is what files are written in."""
    number, code, language, bonus, points = _words("example_columns")
    yield number, exam.number_example
    scores = _words("example_scores")
    for place, subject in enumerate(exam.subjects):
        yield vocabulary().subjects[subject].vi, scores[place] if place < len(scores) else ""
    if exam.languages:
        yield code, language
    if exam.formula is not None and exam.formula.bonus_cap:
        yield bonus, points
    names, cells = _words("factor_columns"), _words("example_factors")
    for place, factor in enumerate(FACTOR_ROWS):
        if factor in exam.factors:
            yield names[place], cells[place]


def _words(macro: str) -> list[str]:
    said = str(context.words().part("vi", WORDS, macro))
    return [line for line in said.split("\n") if line]


@files.post(f"{desk.EDITION}/tep")
def take(agency: str, exam: str, edition: str) -> Response:
    """Note a file that has arrived and start checking."""
    form = forms.read(("file", "name", *OPTIONS))
    office = context.services().exam_office

    def act(held: Any) -> None:
        pad, minus_one = _options(form)
        office.take_file(held, edition, form.value("file"), form.value("name"), context.officer().id, pad, minus_one)

    return _done(form, exam, edition, act)


@files.post(f"{desk.EDITION}/tep/<file>/doc-lai")
def read_again(agency: str, exam: str, edition: str, file: str) -> Response:
    """Read a file once more, with zeros put back or another meaning of -1."""
    form = forms.read(OPTIONS)
    office = context.services().exam_office
    return _done(
        form, exam, edition, lambda held: office.read_again(held, edition, file, context.officer().id, *_options(form))
    )


@files.post(f"{desk.EDITION}/tep/<file>/bo")
def drop(agency: str, exam: str, edition: str, file: str) -> Response:
    """Take a file out of an edition that nobody has approved."""
    office = context.services().exam_office
    return _done(
        forms.read(()), exam, edition, lambda held: office.drop_file(held, edition, file, context.officer().id)
    )


@files.post(f"{desk.EDITION}/tep/<file>/xoa")
def forget(agency: str, exam: str, edition: str, file: str) -> Response:
    """Delete a file that was sent and never taken into the edition."""
    office = context.services().exam_office
    return _done(forms.read(()), exam, edition, lambda held: office.forget_upload(held, edition, file))


@files.post(f"{desk.EDITION}/kiem-tra")
def check(agency: str, exam: str, edition: str) -> Response:
    """Wake a worker for an import that stands still, or lay a checked edition anew."""
    office = context.services().exam_office

    def act(held: Any) -> None:
        if office.edition(held, edition).state.value == "checked":
            office.check_again(held, edition, context.officer().id)
        else:
            office.start_again(held, edition)

    return _done(forms.read(()), exam, edition, act)


def _options(form: forms.Form) -> tuple[bool, str]:
    return form.value("pad") == "1", form.value("minus_one") or "absent"


def _done(form: forms.Form, exam: str, edition: str, act: Callable[[Any], object]) -> Response:
    """Do it once, then the edition's page; a form too old is an error page, since nothing typed could be lost."""
    if form.problems:
        raise Invalid(form.problems[0].code, **form.problems[0].facts)

    def once() -> str:
        act(context.services().exam_office.exam(context.agency().id, exam))
        return address(exam, edition)

    return answers.see(forms.once(form, once))
