"""One table says who may do what; what is not in it is refused."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from miniapp.accounts.access import (
    PERMISSIONS,
    ROLES,
    Operator,
    Permission,
    Role,
    Standing,
    permits,
    require,
    require_fresh,
)
from miniapp.core.errors import Refused
from tests.support.fakes import START

ROLE_SETS = st.frozensets(st.sampled_from(sorted(Role)))


def test_every_role_has_its_line_and_every_permission_somebody() -> None:
    assert set(ROLES) == set(Role)
    assert set().union(*ROLES.values()) == PERMISSIONS


def test_no_role_both_uploads_and_approves() -> None:
    for permissions in ROLES.values():
        assert not {"scores.upload", "scores.approve"} <= permissions


def test_who_manages_people_decides_nothing_else() -> None:
    admin = ROLES[Role.AGENCY_ADMIN]
    assert not admin & {"scores.upload", "scores.approve", "scores.withdraw", "scores.correct"}


def test_an_auditor_changes_nothing() -> None:
    assert {permission.split(".")[1] for permission in ROLES[Role.AUDITOR]} == {"read"}


@given(ROLE_SETS, st.sampled_from(sorted(PERMISSIONS)))
def test_a_role_counts_only_where_it_was_given(roles: frozenset[Role], permission: Permission) -> None:
    standing = Standing("off_1", {"a": roles})
    assert standing.may(permission, "a") == permits(roles, permission)
    for other in ("b", "", "A", "a#", "a "):
        assert not standing.may(permission, other)


@given(ROLE_SETS, ROLE_SETS, st.sampled_from(sorted(PERMISSIONS)))
def test_more_roles_never_take_anything_away(one: frozenset[Role], two: frozenset[Role], permission: str) -> None:
    assert permits(one | two, permission) == (permits(one, permission) or permits(two, permission))


@pytest.mark.parametrize("permission", ["", "scores", "scores.*", "SCORES.UPLOAD", "officers.manage "])
def test_a_permission_nobody_declared_is_nobodys_not_even_the_operators(permission: str) -> None:
    for actor in (Standing("off_1", {"a": frozenset(Role)}), Operator()):
        with pytest.raises(Refused):
            require(actor, permission, "a")  # type: ignore[arg-type]


class _Broken(Standing):
    def may(self, permission: Permission, agency: str) -> bool:
        raise LookupError("the store is away")


def test_a_check_that_fails_lets_nobody_through() -> None:
    with pytest.raises(LookupError):
        require(_Broken("off_1", {"a": frozenset(Role)}), "scores.approve", "a")


@pytest.mark.parametrize(("ago", "fresh"), [(0, True), (300, True), (301, False), (-1, False)])
def test_a_second_factor_is_fresh_for_five_minutes(ago: int, fresh: bool) -> None:
    standing = Standing("off_1", {}, START - timedelta(seconds=ago))
    assert standing.is_fresh(START) == fresh
    if not fresh:
        with pytest.raises(Refused) as refused:
            require_fresh(standing, START)
        assert refused.value.code == "second_factor_needed"


def test_who_never_gave_a_second_factor_is_not_fresh() -> None:
    assert not Standing("off_1", {}).is_fresh(START)
