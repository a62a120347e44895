"""Outgoing messages in words: a declared message and its facts -> text and buttons, from templates/messages/<name>/.

For the outbox, which knows names and facts only, and for `/toi`, which shows what was said. Facts hold addresses as
paths; here they become whole addresses, because a chat opens them from outside. Will NOT send or keep anything."""

import json
from collections.abc import Mapping

from handlers.words import Words
from miniapp.messaging.model import Fact, Said
from miniapp.zalo.model import Button


class MessageWords:
    """Keeps the promise `miniapp.messaging.model.Words`."""

    def __init__(self, words: Words, base_url: str) -> None:
        self._words = words
        self._base_url = base_url.rstrip("/")

    def render(self, name: str, language: str, facts: Mapping[str, Fact]) -> Said:
        """The text and the buttons of a message; a way in that is not there has no button."""
        text = self._words.page(language, f"messages/{name}/text.txt", facts=facts).strip()
        card = json.loads(self._words.page(language, f"messages/{name}/card.json", facts=facts))
        more = "?lang=en" if language == "en" else ""
        buttons = [Button(item["title"], self._whole(item["address"], more)) for item in card if item["address"]]
        return Said(text, tuple(buttons))

    def _whole(self, address: str, more: str) -> str:
        return f"{self._base_url}{address}{more}" if address.startswith("/") else f"{address}{more}"
