"""The limits of a chat, known before anything is sent."""

import pytest

from miniapp.core.errors import Invalid
from miniapp.zalo.model import BUTTONS_MOST, TEXT_MOST, Button, Outgoing


def test_the_chats_limits_are_held_before_anything_is_sent() -> None:
    with pytest.raises(Invalid, match="chat_text_shape"):
        Outgoing("key", "x" * (TEXT_MOST + 1))
    with pytest.raises(Invalid, match="chat_text_shape"):
        Outgoing("key", "")
    with pytest.raises(Invalid, match="chat_too_many_buttons"):
        Outgoing("key", "x", [Button("a", "https://example.gov.vn/")] * (BUTTONS_MOST + 1))
    for title, address in (("", "https://a"), ("x" * 101, "https://a"), ("a", "javascript:alert(1)")):
        with pytest.raises(Invalid, match="chat_button_shape"):
            Button(title, address)
