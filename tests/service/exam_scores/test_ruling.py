"""What decides over results, the formula and the benchmark, is fixed by the first approval: then two persons change it."""

import pytest

from miniapp.core.errors import Conflict, Invalid, Problem, Refused
from miniapp.exam_scores.importing import ImportEdition
from miniapp.exam_scores.model import Edition, Exam, Formula, Reason
from miniapp.exam_scores.ruling import Ruling
from miniapp.exam_scores.totals import outcome_of
from tests.support.cloud import Cloud
from tests.support.exams import APPROVER, HOUR, OTHER, UPLOADER, Bureau, csv_file, exam

FORMULA = Formula((("toan", 2), ("van", 1)), bonus_cap=150, floor=100)
HARDER = Formula((("toan", 1), ("van", 2)), bonus_cap=150, floor=100, version=2)
FILE = csv_file(["sbd", "toan", "ngu_van"], [["02000001", "8", "7"], ["02000002", "5", "4"]])
MADE_BY = "off_maker"


@pytest.fixture
def bureau(cloud: Cloud) -> Bureau:
    return Bureau(cloud, HOUR)


@pytest.fixture
def ruling(bureau: Bureau) -> Ruling:
    return Ruling(bureau.store, bureau.audit, bureau.clock)


def added(bureau: Bureau, by: str = UPLOADER) -> Exam:
    made = exam(subjects=("toan", "van"), combination_set="", formula=FORMULA, benchmark=2200)
    return bureau.office.add_exam(made, by)


def released(bureau: Bureau) -> Exam:
    held = added(bureau)
    return bureau.office.approve(held, bureau.imported(held, FILE).id, APPROVER, None)


def outcome(bureau: Bureau, held: Exam, number: str = "02000001") -> str:
    found = bureau.looking_up.open(held, number)
    decided = outcome_of(held, found.result)
    return decided.code if decided else ""


def trail(bureau: Bureau, held: Exam) -> list[tuple[str, dict[str, object]]]:
    return [(entry.event, dict(entry.facts)) for entry in bureau.audit.of_object(held.agency, held.id)]


@pytest.mark.parametrize("changes", [{"benchmark": 2400}, {"benchmark": None}, {"formula": HARDER}, {"formula": None}])
def test_one_officer_alone_changes_no_rule_once_something_was_approved(
    bureau: Bureau, changes: dict[str, object]
) -> None:
    held = released(bureau)
    withdrawn = bureau.office.withdraw(held, APPROVER, "wrong file")

    for exam_now in (held, withdrawn):
        with pytest.raises(Conflict) as refusal:
            bureau.office.change_exam(exam_now, UPLOADER, title="T", **changes)
        assert refusal.value.code == "rules_need_two"
    after = bureau.office.exam(held.agency, held.slug)
    assert (after.formula, after.benchmark, after.title) == (FORMULA, 2200, held.title)


def test_what_is_announced_besides_may_still_be_changed_by_one(bureau: Bureau) -> None:
    assert bureau.office.change_exam(released(bureau), UPLOADER, title="T", benchmark=2200).title == "T"


def test_before_the_first_approval_the_trail_says_what_the_rules_were_and_are(bureau: Bureau) -> None:
    held = bureau.office.change_exam(added(bureau), UPLOADER, benchmark=2400, title="T")

    ((_, facts),) = [entry for entry in trail(bureau, held) if "2400" in str(entry[1].get("changed"))]
    assert facts["changed"] == "benchmark 2200>2400,title"


def test_who_set_the_rules_cannot_approve_the_first_edition(bureau: Bureau) -> None:
    held = bureau.office.change_exam(added(bureau), MADE_BY, benchmark=2400)
    edition = bureau.imported(held, FILE)

    with pytest.raises(Refused) as refusal:
        bureau.office.approve(held, edition.id, MADE_BY, None)
    assert refusal.value.code == "ruler_cannot_approve"
    assert bureau.office.approve(held, edition.id, APPROVER, None).next


def test_a_change_of_rules_waits_for_another_officer_and_then_says_so_on_every_slip(
    bureau: Bureau, ruling: Ruling
) -> None:
    held = released(bureau)
    assert outcome(bureau, held) == "admitted"

    proposed = ruling.propose(held, UPLOADER, FORMULA, 2400, Reason.CORRECTION, "15/QĐ")
    assert outcome(bureau, proposed) == "admitted"
    assert proposed.updated(0) is None
    approved = ruling.approve(proposed, APPROVER)

    assert outcome(bureau, approved) == "not_admitted"
    said = approved.updated(0)
    assert said is not None
    assert (said.reason, said.decision, said.released_at) == (Reason.CORRECTION, "15/QĐ", bureau.clock.now())
    assert approved.proposed is None
    events = [entry for entry in trail(bureau, held) if entry[0].startswith("rules_")]
    assert [name for name, _ in sorted(events)] == ["rules_approved", "rules_proposed"]
    for _, facts in events:
        assert "benchmark 2200" in str(facts["rules_before"])
        assert "benchmark 2400" in str(facts["rules"])
        assert facts["decision"] == "15/QĐ"


def test_a_new_formula_has_the_next_version(bureau: Bureau, ruling: Ruling) -> None:
    approved = ruling.approve(
        ruling.propose(released(bureau), UPLOADER, HARDER, 2200, Reason.CORRECTION, "15/QĐ"), APPROVER
    )

    assert approved.formula == HARDER


def test_who_proposed_a_change_of_rules_cannot_approve_it(bureau: Bureau, ruling: Ruling) -> None:
    proposed = ruling.propose(released(bureau), UPLOADER, FORMULA, 2400, Reason.CORRECTION, "15/QĐ")

    with pytest.raises(Refused) as refusal:
        ruling.approve(proposed, UPLOADER)
    assert refusal.value.code == "proposer_cannot_approve"
    assert bureau.office.exam(proposed.agency, proposed.slug).benchmark == 2200


def test_of_two_who_approve_at_once_one_is_told_and_what_was_not_seen_is_not_approved(
    bureau: Bureau, ruling: Ruling
) -> None:
    seen = ruling.propose(released(bureau), UPLOADER, FORMULA, 2400, Reason.CORRECTION, "15/QĐ")
    ruling.propose(seen, UPLOADER, FORMULA, 1000, Reason.CORRECTION, "15/QĐ")

    with pytest.raises(Conflict) as refusal:
        ruling.approve(seen, APPROVER)
    assert refusal.value.code == "exam_changed_meanwhile"


def test_a_proposal_can_be_taken_back_or_declined_and_leaves_the_rules_alone(bureau: Bureau, ruling: Ruling) -> None:
    proposed = ruling.propose(released(bureau), UPLOADER, FORMULA, 2400, Reason.CORRECTION, "15/QĐ")

    declined = ruling.decline(proposed, OTHER)

    assert (declined.proposed, declined.benchmark, declined.history) == (None, 2200, ())
    assert "rules_declined" in [name for name, _ in trail(bureau, declined)]
    with pytest.raises(Conflict) as refusal:
        ruling.approve(declined, APPROVER)
    assert refusal.value.code == "nothing_proposed"


@pytest.mark.parametrize(
    ("formula", "benchmark", "reason", "decision", "code"),
    [
        (FORMULA, 2200, Reason.CORRECTION, "15/QĐ", "rules_unchanged"),
        (FORMULA, 2400, Reason.CORRECTION, "  ", "decision_missing"),
        (FORMULA, 2400, Reason.RELEASE, "15/QĐ", "reason_missing"),
    ],
)
def test_a_proposal_says_what_changes_and_why(
    bureau: Bureau, ruling: Ruling, formula: Formula, benchmark: int, reason: Reason, decision: str, code: str
) -> None:
    with pytest.raises(Invalid) as refusal:
        ruling.propose(released(bureau), UPLOADER, formula, benchmark, reason, decision)
    assert refusal.value.code == code


def test_before_anything_is_approved_there_is_nothing_to_propose(bureau: Bureau, ruling: Ruling) -> None:
    with pytest.raises(Conflict) as refusal:
        ruling.propose(added(bureau), UPLOADER, FORMULA, 2400, Reason.CORRECTION, "15/QĐ")
    assert refusal.value.code == "rules_still_open"


def test_before_the_hour_of_the_first_release_nothing_was_out_so_no_slip_says_updated(
    bureau: Bureau, ruling: Ruling
) -> None:
    held = added(bureau)
    waiting = bureau.office.approve(held, bureau.imported(held, FILE).id, APPROVER, HOUR.replace(hour=9))

    approved = ruling.approve(ruling.propose(waiting, UPLOADER, FORMULA, 2400, Reason.CORRECTION, "15/QĐ"), APPROVER)

    assert approved.benchmark == 2400
    assert approved.history == ()


def test_a_correction_that_was_laid_before_the_rules_changed_is_laid_anew_and_then_names_itself(
    bureau: Bureau, ruling: Ruling
) -> None:
    held = released(bureau)
    fix = csv_file(["sbd", "toan"], [["02000002", "9"]])
    edition: Edition = bureau.imported(held, fix, reason=Reason.REMARK, partial=True, decision="20/QĐ")
    ruled = ruling.approve(ruling.propose(held, UPLOADER, FORMULA, 2400, Reason.CORRECTION, "15/QĐ"), APPROVER)

    with pytest.raises(Problem) as refusal:
        bureau.office.approve(ruled, edition.id, APPROVER, None)
    assert refusal.value.code == "base_moved"
    bureau.office.check_again(ruled, edition.id, UPLOADER)
    bureau.importing.run(ImportEdition(held.agency, held.slug, edition.id))
    out = bureau.office.approve(ruled, edition.id, APPROVER, None)

    said = {number: decision_of(bureau, out, number) for number in ("02000001", "02000002")}
    assert said == {"02000001": "15/QĐ", "02000002": "20/QĐ"}


def decision_of(bureau: Bureau, held: Exam, number: str) -> str:
    found = bureau.looking_up.open(held, number)
    said = held.updated(found.result.change)
    return said.decision if said else ""
