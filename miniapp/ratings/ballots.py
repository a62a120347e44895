"""Taking a ballot: what a form said becomes answers that its sheet allows, and one token makes one ballot.

For the service. A sheet is forgiving where nothing is lost by it (an empty field is no answer, blanks are cleaned) and
strict where a count would be wrong. Pure: the asker brings the held ballot, the day and the id."""

from collections.abc import Iterable, Mapping

from miniapp.core.errors import Invalid
from miniapp.core.folding import clean
from miniapp.ratings.bounds import REASONS_MOST, WORDS_MOST
from miniapp.ratings.model import Answer, Ballot, Invitation, Said
from miniapp.ratings.scales import Sheet


def read(sheet: Sheet, answers: Mapping[str, str], reasons: Iterable[str] = (), words: str = "") -> Said:
    """What was filled in, checked; the problem names the field that is to be mended."""
    unknown = next((code for code in answers if sheet.find(code) is None), None)
    if unknown is not None:
        raise Invalid("rating_criterion_unknown", field=unknown)
    chosen, asks = [], False
    for criterion in sheet.criteria:
        given = answers.get(criterion.code, "")
        option = criterion.scale.find(given)
        if option is None and given:
            raise Invalid("rating_option_unknown", field=criterion.code)
        if option is None and criterion.required:
            raise Invalid("rating_answer_needed", field=criterion.code)
        if option is not None:
            chosen.append(Answer(criterion.code, option.code))
            asks = asks or option.asks_reasons
    return Said(tuple(chosen), _reasons(sheet, reasons, asks), _words(words))


def rated(held: Ballot | None, id: str, invitation: Invitation, said: Said, today: str) -> Ballot:
    """The one ballot of a token: a new one, or the held one edited. What it is about never changes."""
    if held is None:
        return Ballot(id, invitation, today, said)
    if held.id != id:
        raise ValueError("a ballot is edited under its own token")
    return held.edited(said, today)


def _reasons(sheet: Sheet, reasons: Iterable[str], asks: bool) -> tuple[str, ...]:
    given = set(reasons)
    if not given <= set(sheet.reasons) or len(given) > REASONS_MOST:
        raise Invalid("rating_reason_unknown", field="reasons")
    if given and not asks:
        raise Invalid("rating_reasons_unasked", field="reasons")
    return tuple(code for code in sheet.reasons if code in given)


def _words(words: str) -> str:
    cleaned = clean(words)
    if len(cleaned) > WORDS_MOST:
        raise Invalid("rating_words_long", field="words", most=WORDS_MOST)
    return cleaned
