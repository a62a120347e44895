"""Secrets turned on the engine, end to end: what any key made is read at every step, and a way back when it fails (F57)."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.deploy import __main__ as command
from infra.deploy.pages import edge_pages
from infra.deploy.steps import Deployment, SmokeFailed
from infra.deploy.turning import NOTICE, Turning
from infra.local.engine import Engine
from miniapp.core.clock import VIETNAM, WallClock
from miniapp.core.signing import PublicKeys, Signer, public_halves
from tests.support.cloud import temporary_engine
from tests.support.deploying import Stages, keyed, settings, versions

READERS = {
    "session_key": {"public", "console", "tellings", "messages", "batches", "schedules"},
    "factor_keys": {"public", "imports"},
    "signing_keys": {"public", "console", "schedules"},
    "origin_secret": {"public", "console", "hooks"},
}
# What a build does that can't bear a key that changes: in the first release of a turn, or in the last.
BEARS_NO_SECOND_KEY = 'if HELD.session_key_before: return answer(500, "sorry")'
BEARS_NO_NEW_KEY = (
    'if HELD.session_key and HELD.session_key_before.split(",")[0] == HELD.session_key: return answer(500, "sorry")'
)


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    running = temporary_engine(tmp_path_factory.mktemp("turning"), keep=False)
    yield running
    running.stop()


@pytest.fixture(scope="module")
def stages(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Stages:
    folder = tmp_path_factory.mktemp("builds")
    return Stages(engine.endpoint, folder, *settings(folder, "turned"))


@pytest.fixture(scope="module")
def standing(stages: Stages) -> str:
    """A stage whose functions read their secrets."""
    stages.deployment("turned").up(keyed(stages.folder, "keyed"))
    return "turned"


class Passer:
    """Somebody who comes by at every step of a turn: keeps what was made, and shows all of it again."""

    def __init__(self, stages: Stages, stage: str) -> None:
        self._asks = stages.deployment(stage)
        self.stages = stages
        self.made: list[str] = []
        self.lost: list[tuple[str, str]] = []
        self.closed: list[bool] = []

    def deployment(self) -> Deployment:
        """A deployer whose every line brings this one by."""
        held = self.stages.deployment(self._asks.stage.name)
        held.say = self.comes_by
        return held

    def comes_by(self, line: str) -> None:
        if not line.endswith("…") or line.startswith(" "):
            return
        self.closed.append(self._asks.is_closed())
        if self._asks.is_closed():
            return
        self.made.append(self.get("/mark"))
        self.lost += [(line, mark) for mark in set(self.made) if not self.is_ours(mark)]

    def get(self, path: str) -> str:
        answer = self._asks.front().get("public", path)
        assert answer.status == 200, (path, answer.status)
        return answer.body.decode()

    def is_ours(self, mark: str) -> bool:
        return self._asks.front().get("public", f"/is-ours/{mark}").status == 200


def changed(before: dict[str, str], after: dict[str, str]) -> set[str]:
    return {name for name, version in after.items() if before[name] != version}


def test_a_session_key_is_turned_and_nobody_who_comes_by_notices(stages: Stages, standing: str) -> None:
    passer = Passer(stages, standing)
    before, old = versions(stages.deployment(standing)), passer.get("/mark")

    Turning(passer.deployment()).turn("session_key")

    assert passer.lost == []
    assert len(passer.made) > 10
    assert len(set(passer.made)) == 2  # the old key's and the new one's
    assert passer.get("/mark") != old
    assert passer.is_ours(old)
    after = stages.deployment(standing)
    assert changed(before, versions(after)) == READERS["session_key"]
    assert after.keeping.journal(standing).good == versions(after)
    assert not after.smoke().wrong
    assert after.plan(keyed(stages.folder, "keyed")).is_empty


@pytest.mark.sweep
def test_a_key_turned_twice_reads_what_both_before_made_until_they_end(stages: Stages, standing: str) -> None:
    passer = Passer(stages, standing)
    oldest = passer.get("/mark")
    Turning(passer.deployment()).turn("session_key")
    Turning(passer.deployment()).turn("session_key")
    newest = passer.get("/mark")
    assert passer.lost == []
    assert passer.is_ours(oldest)
    assert len({oldest, newest, *passer.made}) == 3

    Turning(stages.deployment(standing)).turn("session_key_before")

    assert [passer.is_ours(mark) for mark in (oldest, newest)] == [False, True]
    assert "session_key_before" not in stages.deployment(standing).secrets.versions()
    assert stages.deployment(standing).plan(keyed(stages.folder, "keyed")).is_empty


def test_factor_keys_gain_a_version_that_is_read_before_it_makes(stages: Stages, standing: str) -> None:
    passer = Passer(stages, standing)
    assert passer.get("/factors") == "v1"
    before = versions(stages.deployment(standing))
    seen: list[str] = []
    deployment = stages.deployment(standing)
    deployment.say = lambda line: seen.append(passer.get("/factors")) if line.endswith("…") else None

    Turning(deployment).turn("factor_keys")

    assert list(dict.fromkeys(seen)) == ["v1", "v2,v1", "v1,v2"]
    assert changed(before, versions(stages.deployment(standing))) == READERS["factor_keys"]


def test_signing_keys_gain_one_that_is_published_before_it_signs(stages: Stages, standing: str) -> None:
    held = stages.deployment(standing)
    before, old = versions(held), Signer(held.secrets.value("signing_keys"))
    today = WallClock().now().astimezone(VIETNAM).date()

    Turning(held).turn("signing_keys")

    after = stages.deployment(standing)
    new = Signer(after.secrets.value("signing_keys"))
    first, second = new.public
    assert [first.raw] == [key.raw for key in old.public]
    assert changed(before, versions(after)) == READERS["signing_keys"]
    assert [new.signing_on(day) for day in (today, today + NOTICE)] == [first.id, second.id]
    assert after.secrets.value("signing_keys_public") == public_halves(after.secrets.value("signing_keys"))
    assert list(PublicKeys.of(after.secrets.value("signing_keys_public"))) == [first, second]
    assert not after.smoke().wrong


def test_what_is_published_of_signing_keys_is_made_anew_from_them_where_it_lacks(stages: Stages, standing: str) -> None:
    held = stages.deployment(standing).secrets
    published = held.value("signing_keys_public")
    held.put("signing_keys_public", "")

    assert held.missing() == ["signing_keys_public"]
    held.make("signing_keys_public")

    assert held.value("signing_keys_public") == published != held.value("signing_keys")


def test_the_origin_secret_is_turned_behind_a_closed_door(stages: Stages, standing: str) -> None:
    passer = Passer(stages, standing)
    held = stages.deployment(standing)
    before, old = versions(held), held.secrets.origin()

    Turning(passer.deployment()).turn("origin_secret")

    after = stages.deployment(standing)
    assert passer.closed[0] is passer.closed[-1] is False
    assert True in passer.closed
    assert after.secrets.origin() != old
    assert changed(before, versions(after)) == READERS["origin_secret"]
    assert not after.smoke().wrong
    assert not after.is_closed()
    told = (("X-Origin-Secret", old), ("CloudFront-Viewer-Address", "198.51.100.7:1"))
    assert after.place.ask(after.stack.outputs()["PublicHost"], "/mark", told).status == 403


@pytest.mark.sweep
@pytest.mark.parametrize("fault", [BEARS_NO_SECOND_KEY, BEARS_NO_NEW_KEY], ids=["first", "last"])
def test_a_turn_that_does_not_serve_is_taken_back_and_loses_nothing(stages: Stages, standing: str, fault: str) -> None:
    place = stages.deployment(standing)
    if "session_key_before" in place.secrets.versions():
        Turning(place).turn("session_key_before")
    stages.deployment(standing).up(keyed(stages.folder, "brittle", fault))
    passer = Passer(stages, standing)
    held = stages.deployment(standing).secrets
    old, mark = held.value("session_key"), passer.get("/mark")

    with pytest.raises(SmokeFailed, match="nobody got them"):
        Turning(passer.deployment()).turn("session_key")

    assert held.value("session_key") == old
    assert passer.lost == []
    assert passer.get("/mark") == mark
    stages.deployment(standing).up(keyed(stages.folder, "keyed"))
    assert passer.is_ours(mark)


@pytest.mark.sweep
def test_the_code_that_runs_is_found_again_when_its_zip_is_no_longer_kept(stages: Stages, standing: str) -> None:
    held = stages.deployment(standing)
    digest, _ = held.functions.code_of(held.told[0])
    kept = held.keeping.s3.list_objects_v2(Bucket=held.keeping.bucket, Prefix="code/")["Contents"]
    for one in kept:
        held.keeping.s3.delete_object(Bucket=held.keeping.bucket, Key=one["Key"])

    Turning(held).turn("factor_keys")

    assert stages.deployment(standing).functions.code_of(held.told[0])[0] == digest


def test_a_turn_says_what_it_will_do_and_does_nothing_before_yes(
    stages: Stages, standing: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    held = stages.deployment(standing)
    before, put = versions(held), held.secrets.versions()
    monkeypatch.setattr("builtins.input", lambda _: "y")

    assert command.main(["turn", "session_key", *asked(stages, standing)]) == command.ASKED_WRONGLY

    printed = capsys.readouterr().out
    assert "the present one is read as session_key_before" in printed
    assert "public, console, tellings, messages, batches, schedules" in printed
    assert (versions(stages.deployment(standing)), held.secrets.versions()) == (before, put)


def test_a_turn_from_the_command_line_shows_no_secret(
    stages: Stages, standing: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command.main(["turn", "session_key_before", "--yes", *asked(stages, standing)]) == command.DONE

    printed = "".join(capsys.readouterr())
    held = stages.deployment(standing).secrets
    for name in held.versions():
        assert not any(part.partition(":")[2] in printed for part in held.value(name).split(",") if ":" in part)
        assert held.value(name).split(",")[0] not in printed


def test_a_stage_that_was_never_deployed_has_nothing_to_turn(
    stages: Stages, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    paths = settings(tmp_path, "nowhere")
    others = Stages(stages.endpoint, tmp_path, *paths)

    assert command.main(["turn", "session_key", "--yes", *asked(others, "nowhere")]) == command.FAILED
    assert "motcua-nowhere-public was never deployed" in capsys.readouterr().err


def test_a_site_is_closed_until_it_is_opened_and_a_release_leaves_it_so(
    stages: Stages, standing: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """That the firewall blocks is CloudFront's affair; the edge's stack has what it would be told."""
    assert command.main(["close", "--yes", *asked(stages, standing)]) == command.DONE
    assert "asking behind the edge" in capsys.readouterr().out
    held = stages.deployment(standing)
    assert held.edge.parameters().items() >= {"Closed": "yes", **edge_pages()}.items()
    assert "closed to everybody" in "".join(held.plan(keyed(stages.folder, "keyed")).lines())
    held.up(keyed(stages.folder, "keyed"))
    assert stages.deployment(standing).is_closed()

    assert command.main(["open", "--yes", *asked(stages, standing)]) == command.DONE
    assert not stages.deployment(standing).is_closed()
    assert "asking behind the edge" not in capsys.readouterr().out.rpartition("answers again")[2]


def asked(stages: Stages, stage: str) -> list[str]:
    return [
        *("--stage", stage, "--endpoint", stages.endpoint),
        *("--settings", str(stages.settings), "--stages", str(stages.stages)),
    ]
