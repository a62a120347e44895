"""The search: what people type finds what they mean, and says why."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from miniapp.procedures.indexing import build
from miniapp.procedures.levels import Level
from miniapp.procedures.reading import Via
from miniapp.procedures.rules import compiled
from miniapp.procedures.searching import Reason, Search
from miniapp.procedures.typed import is_unaccented
from tests.unit.procedures.catalogue import ENTRIES, entry

SEARCH = Search(build(ENTRIES, compiled()))
QUESTIONS = sorted({word for one in ENTRIES for word in f"{one.name} {one.papers}".split()})
NASTY = [
    "a" * 10_000,
    "khai sinh " * 1_000,
    "\x00" * 500 + "khai sinh",
    "?!.,;:()[]{}'\"" * 50,
    "\u202e\u200b khai\u200d sinh",
    "9" * 5_000,
    "1.1.1.1.1.1" * 400,
    "🙂 khai 🙂 sinh",
    "' OR 1=1 --",
    'khai*sinh NEAR/2 "',
    "\ud800\udfff",
]


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("Đăng ký khai sinh", "1.000001"),
        ("dang ky khai sinh", "1.000001"),
        ("đăng kí khai sinh", "1.000001"),
        ("ddawng kys khai sinh", "1.000001"),
        ("dang9 ky1 khai sinh", "1.000001"),
        ("dang ki khia sinh", "1.000001"),
        ("dangky khaisinh", "1.000001"),
        ("dk ks can gi", "1.000001"),
        ("khai xinh cho con", "1.000001"),
        ("lam giay khai sinh mat bao lau", "1.000001"),
        ("khai sinh lưu động", "1.000003"),
        ("mất giấy khai sinh", "1.000004"),
        ("giấy chứng tử", "1.000005"),
        ("trichs lucj", "1.000008"),
        ("cưới chồng tây", "1.000007"),
        ("mat cccd", "1.000010"),
        ("lam lai gplx", "1.000012"),
        ("tai nan lao dong", "1.000013"),
        ("mo quan ca phe", "1.000014"),
        ("gpxd", "1.000015"),
        ("hoà giải đất", "1.000019"),
        ("li lich tu phap", "1.000020"),
        ("1.000018", "1.000018"),
        ("000018", "1.000018"),
        ("thủ tục 1.000018.000.00.00.H29", "1.000018"),
    ],
)
def test_a_question_finds_what_it_means(typed: str, code: str) -> None:
    answer = SEARCH.search(typed)
    assert [match.code for match in answer.matches][:1] == [code]
    assert not answer.doubtful


def test_what_stands_in_brackets_is_said_beside_and_weighs_less() -> None:
    others = [entry(f"1.0001{place:02}", f"Cấp giấy phép loại {place}") for place in range(40)]
    search = Search(
        build([entry("1.000001", "Cấp thẻ kiểm lâm"), entry("1.000002", "Cấp thẻ hải quan"), *others], compiled())
    )
    for typed, code in (("kiểm lâm (hải quan)", "1.000001"), ("hải quan (kiểm lâm)", "1.000002")):
        assert search.search(typed).matches[0].code == code
    assert search.search("(cấp thẻ hải quan)").matches[0].code == "1.000002"


def test_a_name_that_stands_whole_in_a_question_comes_before_a_longer_one_that_shares_more_words() -> None:
    others = [entry(f"1.0001{place:02}", f"Cấp lại thẻ loại {place}") for place in range(40)]
    short, long = (
        "Cấp lại thẻ hành nghề chăn nuôi",
        "Cấp lại thẻ hành nghề đóng thuyền do bị mất, hư hỏng, đổi thông tin",
    )
    search = Search(build([entry("1.000001", short), entry("1.000002", long), *others], compiled()))
    case = "do bị mất, hư hỏng, đổi thông tin"
    assert search.search(f"{short} ({case})").matches[0].code == "1.000001"
    assert search.search(f"Cấp lại thẻ hành nghề ({case}), nuôi thuyền").matches[0].code == "1.000002"


def test_foreigners_are_meant_only_when_they_are_named() -> None:
    plain, foreign = "kết hôn", "kết hôn với người nước ngoài"
    assert SEARCH.search(plain).matches[0].code == "1.000006"
    assert SEARCH.search(foreign).matches[0].code == "1.000007"


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("khai sinh", ("khai", Via.UNACCENTED, "khai")),
        ("khái sinh", ("khái", Via.EXACT, "khai")),
        ("khia sinh", ("khia", Via.TYPO, "khai")),
        ("khaisinh", ("khaisinh", Via.GLUED, "khai sinh")),
        ("khais sinhf", ("sinhf", Via.KEYBOARD, "sinh")),
        ("ks", ("ks", Via.SHORT, "khai sinh")),
        ("con mới đẻ", ("mới đẻ", Via.SYNONYM, "Đăng ký khai sinh")),
        ("1.000001", ("1.000001", Via.CODE, "1.000001")),
    ],
)
def test_a_match_says_what_was_typed_and_how_it_was_met(typed: str, reason: tuple[str, Via, str]) -> None:
    match = next(match for match in SEARCH.search(typed).matches if match.code == "1.000001")
    assert reason in {(one.typed, one.via, one.met) for one in match.reasons}


def test_a_procedure_met_only_in_its_papers_says_so() -> None:
    more = [entry(f"1.00009{place}", f"Xác nhận nuôi ong {place}", papers="Sổ vắc xin") for place in (1, 2)]
    matches = Search(build([*ENTRIES, *more], compiled())).search("vắc xin").matches
    assert {match.code for match in matches} == {"1.000091", "1.000092"}
    assert {match.reasons for match in matches} == {(Reason("vắc xin", Via.TEXT, ""),)}


@given(st.text(max_size=60))
def test_every_reason_tells_words_of_the_procedure_it_stands_at(text: str) -> None:
    for match in SEARCH.search(text).matches:
        for reason in match.reasons:
            assert all(word in f"{match.name} {match.code}" for word in reason.met.split())


@given(st.lists(st.sampled_from([*QUESTIONS, "co", "cap", "the", "ks", "cccd", "lại"]), min_size=1, max_size=6))
def test_no_match_is_without_a_reason(words: list[str]) -> None:
    for match in SEARCH.search(" ".join(words)).matches:
        assert match.reasons, match.name


@pytest.mark.parametrize(
    ("typed", "section"),
    [
        ("khai sinh cần giấy tờ gì", "papers"),
        ("khai sinh mat bao lau", "time"),
        ("khai sinh hết bao nhiêu tiền", "fee"),
        ("khai sinh ở đâu", "place"),
        ("khai sinh như thế nào", "steps"),
    ],
)
def test_what_is_asked_of_a_procedure_is_told_and_is_evidence_for_no_other(typed: str, section: str) -> None:
    answer = SEARCH.search(typed)
    assert section in answer.sections
    assert answer.matches[0].code == "1.000001"
    assert [match.code for match in answer.matches] == [match.code for match in SEARCH.search("khai sinh").matches]


def test_the_level_of_the_agency_breaks_a_tie() -> None:
    search = Search(
        build(
            [
                entry("1.000001", "Cấp giấy phép", level=Level.COMMUNE),
                entry("1.000002", "Cấp giấy phép", level=Level.MINISTRY),
            ],
            compiled(),
        )
    )
    assert search.search("cấp giấy phép").matches[0].code == "1.000001"
    assert search.search("cấp giấy phép", level=Level.MINISTRY).matches[0].code == "1.000002"


def test_a_life_event_is_told_with_what_was_found() -> None:
    assert SEARCH.search("làm giấy khai sinh").events == ("birth",)


@pytest.mark.parametrize("typed", ["giá vàng hôm nay", "", "?", "cần gì", "qwrtp"])
def test_a_question_that_names_nothing_is_doubtful_and_gets_the_life_events(typed: str) -> None:
    answer = SEARCH.search(typed)
    assert answer.doubtful
    assert "birth" in answer.events


def test_a_strange_word_is_told_and_near_ones_are_suggested() -> None:
    answer = SEARCH.search("zzzzkhaii")
    assert answer.strange == ("zzzzkhaii",)
    near = Search(build([entry("1.000001", "Hoãn"), entry("1.000002", "Hoàn thuế")], compiled()))
    assert near.search("hoan").matches


@pytest.mark.parametrize(("typed", "suggested"), [("kx", "ký"), ("đ9ng", "đăng"), ("Đ4T", "đất")])
def test_what_is_suggested_is_written_as_names_write_it(typed: str, suggested: str) -> None:
    assert suggested in SEARCH.search(typed).suggestions
    written = {word.lower() for one in ENTRIES for word in one.name.replace(",", "").split()}
    assert set(SEARCH.search(typed).suggestions) <= written


@pytest.mark.parametrize("typed", ["CCCD", "Căn", "THẺ", "Thẻe", "ĐẤtt"])
def test_what_was_typed_is_told_as_it_was_typed(typed: str) -> None:
    answer = SEARCH.search(f"{typed} zqzq")
    assert {reason.typed for match in answer.matches for reason in match.reasons} == {typed}
    lower = SEARCH.search(f"{typed.lower()} zqzq")
    assert [(one.code, one.score) for one in answer.matches] == [(one.code, one.score) for one in lower.matches]


@pytest.mark.parametrize("text", NASTY)
def test_no_text_is_too_nasty(text: str) -> None:
    answer = SEARCH.search(text)
    assert len(answer.matches) <= 10


@given(st.text())
def test_the_same_question_has_the_same_answer(text: str) -> None:
    assert SEARCH.search(text) == SEARCH.search(text)


def test_an_empty_catalogue_answers_nothing() -> None:
    assert Search(build([], compiled())).search("khai sinh").matches == ()


def test_a_rule_that_people_approved_is_heeded() -> None:
    more = [{"say": ["giấy lông bông"], "means": ["chứng thực di chúc"]}]
    assert Search(build(ENTRIES, compiled(more))).search("giấy lông bông").matches[0].code == "1.000018"
    coded = [{"say": ["giấy lông bông"], "codes": ["1.000019"]}]
    assert Search(build(ENTRIES, compiled(coded))).search("giay long bong").matches[0].code == "1.000019"


@pytest.mark.parametrize(("typed", "short"), [("THA", True), ("tha", True), ("thả", False), ("ĐKKD", True)])
def test_a_word_with_accents_is_no_short_form(typed: str, short: bool) -> None:
    assert is_unaccented(typed) == short
