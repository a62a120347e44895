"""Everything the trail and the people's pages may have to say has words, in both languages."""

import pytest

from handlers.console.officers import ACTS
from handlers.words import build_environment
from miniapp.accounts.access import Role
from miniapp.accounts.model import State
from miniapp.audit.model import EVENTS

WORDS = build_environment()
FACTS = sorted({name for kind in EVENTS.values() for name in kind.fields} - {"place"})


def said(macro: str, file: str, *arguments: object) -> set[str]:
    return {
        str(WORDS.part(language, f"console/officers/{file}", macro, *arguments)).strip() for language in ("vi", "en")
    }


@pytest.mark.parametrize("event", sorted(EVENTS))
def test_every_event_has_words(event: str) -> None:
    words = said("event_words", "_events.html", event)
    assert event not in words
    assert len(words) == 2


@pytest.mark.parametrize("fact", FACTS)
def test_every_fact_has_words(fact: str) -> None:
    words = said("fact_words", "_facts.html", fact)
    assert fact not in words
    assert len(words) == 2


@pytest.mark.parametrize("act", sorted(ACTS))
def test_every_act_has_words_and_says_what_it_will_do(act: str) -> None:
    assert len(said("act_words", "_words.html", act)) == 2
    assert all("Lan" in words for words in said("act_consequence", "_words.html", act, "Lan"))


@pytest.mark.parametrize("state", sorted(State))
def test_every_state_has_words(state: State) -> None:
    assert len(said("state_tag", "_words.html", state.value)) == 2


@pytest.mark.parametrize("role", sorted(Role))
def test_every_role_says_what_it_may_do(role: Role) -> None:
    assert len(said("role_hint", "_roles_field.html", role.value)) == 2
