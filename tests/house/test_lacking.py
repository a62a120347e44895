"""What only some machines have may be skipped by hand and never in CI."""

import pytest

from tests.support.lacking import lacking


def test_what_a_machine_lacks_is_skipped_with_a_line_and_fails_in_ci(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match="no such thing"):
        lacking("no such thing")
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="no such thing"):
        lacking("no such thing")
