"""A quarter comes out once, on its day, whole and signed; what is out never changes, and whoever dies loses nothing."""

import csv
import io
import json
from base64 import urlsafe_b64encode
from datetime import timedelta

import pytest

from miniapp.core.errors import Invalid, NotFound, Refused
from miniapp.core.signing import PublicKeys, Signer, Verdict, with_new_key
from miniapp.quality.files import ALL, BALLOTS, DOSSIERS, KINDS, MANIFEST, SIGNATURE, check
from miniapp.quality.sets import outcomes, refusals
from tests.support.cloud import Cloud
from tests.support.faults import CountedCalls, Killed, LostReplies
from tests.support.quality_town import AUTUMN, IN_JANUARY, OTHER, WARD, QualityTown


def filled(cloud: Cloud) -> QualityTown:
    town = QualityTown(cloud)
    town.ended(20, "early")
    town.ended(12, "late")
    town.ended(11, "refused", article="Điều  9 ")
    town.ended(3, "refused", article="Điều 5")
    town.ended(13, "open", "2026-12-30")
    town.rated(25, invited=40)
    return town


def run(town: QualityTown) -> int:
    return town.services.publish_quality()


def test_a_quarter_comes_out_eight_days_after_its_end_and_once(cloud: Cloud):
    town = filled(cloud)
    town.clock.at = IN_JANUARY - timedelta(days=1)
    run(town)
    assert AUTUMN not in [issue.period for issue in town.quality.out(WARD)]
    with pytest.raises(Refused, match="quality_too_early"):
        town.quality.publish(WARD, AUTUMN)
    town.clock.at = IN_JANUARY
    assert [run(town), run(town)] == [1, 0]
    assert [entry.event for entry in town.services.audit.page(WARD).entries].count("quality_published") == 2
    assert town.quality.out(OTHER) == []


def test_what_is_out_tells_how_dossiers_ended_and_how_many_rated(cloud: Cloud):
    town = filled(cloud)
    run(town)
    issue = town.quality.out(WARD)[0]
    told = issue.told
    assert (told.came, told.open, told.late_open) == (56, 10, 0)
    assert outcomes(told.dossiers)["finished"] == 32
    assert told.dossiers.find(("", "", "")) == 46
    assert "Điều 5" not in refusals(told.dossiers)
    assert (told.response.part, told.response.whole) == (25, 40) if told.response else False
    assert (told.satisfied.part, told.satisfied.whole) == (25, 25) if told.satisfied else False


def test_files_say_the_same_and_are_signed(cloud: Cloud):
    town = filled(cloud)
    run(town)
    files = town.published()
    assert files[DOSSIERS].startswith(b"\xef\xbb\xbf") and files[BALLOTS].startswith(b"\xef\xbb\xbf")
    lines = list(csv.DictReader(io.StringIO(files[DOSSIERS].decode("utf-8-sig"))))
    whole = json.loads(files[ALL])
    assert [line["dossiers"] for line in lines] == [
        "" if each["dossiers"] is None else str(each["dossiers"]) for each in whole["dossiers"]
    ]
    assert {line["period"] for line in lines} == {AUTUMN}
    assert all(int(line["dossiers"]) >= 10 for line in lines if line["dossiers"])
    assert whole["figures"]["came"] == 56
    manifest = json.loads(files[MANIFEST])
    assert {one["name"]: one["rows"] for one in manifest["files"]}[DOSSIERS] == len(lines)
    assert manifest["period"] == AUTUMN and manifest["licence"] and manifest["formulas"]
    found = check(files.get, town.services.signer.public)
    assert found.is_good and (found.agency, found.period) == (WARD, AUTUMN)


@pytest.mark.parametrize("name", sorted(KINDS))
def test_a_file_that_was_changed_or_is_missing_is_told(cloud: Cloud, name: str):
    town = filled(cloud)
    run(town)
    files, keys = dict(town.published()), town.services.signer.public
    body = files[name]
    for place in range(0, len(body), max(1, len(body) // 40)):
        changed = body[:place] + bytes([body[place] ^ 1]) + body[place + 1 :]
        assert not check({**files, name: changed}.get, keys).is_good, place
    assert not check({**files, name: body + b" 1"}.get, keys).is_good
    without = check({other: each for other, each in files.items() if other != name}.get, keys)
    assert not without.is_good and name in without.wrong


def test_whoever_signs_with_another_key_is_not_us_and_keys_are_enough_to_know(cloud: Cloud):
    town = filled(cloud)
    run(town)
    files = dict(town.published())
    published = PublicKeys.read(json.loads(json.dumps(town.services.signer.public.published())))
    assert check(files.get, published).is_good
    other = Signer(with_new_key("", bytes(32), IN_JANUARY.date()))
    assert check(files.get, other.public).verdict is Verdict.UNKNOWN_KEY
    receipt = town.services.signer.sign("receipt", files[MANIFEST].decode(), IN_JANUARY.date())
    assert receipt is not None
    forged = f"{receipt.key} {urlsafe_b64encode(receipt.raw).decode()}".encode()
    assert check({**files, SIGNATURE: forged}.get, published).verdict is Verdict.FALSE


def test_what_happens_later_changes_nothing_that_is_out(cloud: Cloud):
    town = filled(cloud)
    run(town)
    before = town.published()
    town.ended(50, "late")
    town.rated(30)
    town.clock.pass_by(days=3)
    assert run(town) == 0
    assert not town.quality.publish(WARD, AUTUMN)
    assert town.published() == before


def test_nothing_is_out_without_a_key_and_comes_out_when_there_is_one(cloud: Cloud):
    town = filled(cloud)
    signer = town.services.signer
    town.quality._signer = Signer("")
    with pytest.raises(Refused, match="quality_unsigned"):
        town.quality.publish(WARD, AUTUMN)
    assert town.quality.out(WARD) == []
    with pytest.raises(NotFound, match="quality_file_unknown"):
        town.quality.file(WARD, AUTUMN, DOSSIERS)
    town.quality._signer = signer
    assert town.quality.publish(WARD, AUTUMN)


@pytest.mark.parametrize("period", ["2026-Q5", "2026-q4", "26-Q1", "../x", "", "2026-Q4\n"])
def test_a_period_that_is_none_is_refused(cloud: Cloud, period: str):
    with pytest.raises(Invalid, match="quality_period_shape"):
        QualityTown(cloud).quality.publish(WARD, period)


def test_whoever_dies_at_any_call_leaves_it_to_the_next_and_the_bytes_are_the_same(cloud: Cloud):
    town = filled(cloud)
    town.services.rolling_up.run()
    with CountedCalls(town.services.aws) as counting:
        assert town.quality.publish(WARD, AUTUMN)
    whole = town.published()
    calls = counting.calls
    assert len(calls) > 20 and {"PutObject", "TransactWriteItems"} <= set(calls)
    for at in range(len(calls)):
        for after in (False, True) if at in counting.writes else (False,):  # a read that was answered left nothing
            other = f"{OTHER}-{at}-{int(after)}"
            town.ended(12, "late", agency=other)
            with pytest.raises(Killed), CountedCalls(town.services.aws, at, after):
                town.quality.publish(other, AUTUMN)
            town.ended(15, "late", agency=other)  # what comes meanwhile is in only where nothing was written down yet
            town.quality.publish(other, AUTUMN)
            files = town.published(AUTUMN, other)
            assert check(files.get, town.services.signer.public).is_good
            assert json.loads(files[ALL])["dossiers"][0]["dossiers"] in (12, 27)
            trail = [entry.event for entry in town.services.audit.page(other).entries]
            assert trail == ["quality_published"]
    assert town.published() == whole


def test_lost_replies_publish_once(cloud: Cloud):
    town = filled(cloud)
    with LostReplies(town.services.aws, share=0.2, seed=3):
        for _ in range(12):
            try:
                town.quality.publish(WARD, AUTUMN)
            except Exception:
                continue
    town.quality.publish(WARD, AUTUMN)
    trail = [entry.event for entry in town.services.audit.page(WARD).entries]
    assert trail == ["quality_published"]
    assert check(town.published().get, town.services.signer.public).is_good


def test_a_year_is_what_its_quarters_show_and_comes_out_behind_the_fourth(cloud: Cloud):
    town = QualityTown(cloud)
    for month in ("02", "05", "08", "11"):
        town.ended(15, "late", f"2026-{month}-10")
        town.ended(4 if month == "02" else 14, "early", f"2026-{month}-10")
    for day in ("2026-04-08", "2026-07-08", "2026-10-08", "2027-01-08"):
        town.clock.at = IN_JANUARY.fromisoformat(f"{day}T09:00:00+07:00")
        run(town)
    issues = town.quality.out(WARD)
    assert [issue.period for issue in issues] == ["2026", "2026-Q4", "2026-Q3", "2026-Q2", "2026-Q1"]
    year = issues[0].told
    assert year.came == sum(issue.told.came or 0 for issue in issues[1:])
    assert year.dossiers.find(("", "", "")) == 4 * 15 + 3 * 14 + 4
    assert outcomes(year.dossiers)["early"] is None
    assert check(town.published("2026").get, town.services.signer.public).is_good


def test_a_page_costs_one_call_whatever_is_out(cloud: Cloud):
    town = filled(cloud)
    run(town)
    with CountedCalls(town.services.aws) as counting:
        town.quality.out(WARD)
    assert counting.calls == ["Query"]
