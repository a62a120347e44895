"""What goes out to one person in the chat, and the promise that a chat makes. For messaging and for chats themselves.

A chat is the platform's own client or the simulator; both keep the same promise and pass the same tests. Nothing here
sends, stores or words anything."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from miniapp.core.errors import Invalid

TEXT_MOST = 2_000
TITLE_MOST = 100
BUTTONS_MOST = 5


@dataclass(frozen=True)
class Button:
    """A way into the mini-app below a message: its words and our address."""

    title: str
    address: str

    def __post_init__(self) -> None:
        if not 1 <= len(self.title) <= TITLE_MOST or not self.address.startswith(("http://", "https://")):
            raise Invalid("chat_button_shape", most=TITLE_MOST)


@dataclass(frozen=True)
class Outgoing:
    """A message as the chat takes it. `key` is ours: a chat that has seen it says it again without sending anew."""

    key: str
    text: str
    buttons: Sequence[Button] = field(default=())

    def __post_init__(self) -> None:
        if not 1 <= len(self.text) <= TEXT_MOST:
            raise Invalid("chat_text_shape", most=TEXT_MOST)
        if len(self.buttons) > BUTTONS_MOST:
            raise Invalid("chat_too_many_buttons", most=BUTTONS_MOST)


class Chat(Protocol):
    """Sends to people who follow an agency's Official Account."""

    def send(self, agency: str, user: str, message: Outgoing) -> str:
        """Send, and give the chat's own id of the message.

        Refused `chat_user_unreachable`: this person can't be written to (blocked, left); trying again is no use.
        Unavailable `chat_busy`, `chat_not_connected`: surely not sent, try later.
        Unavailable `chat_silent`, or anything else: nobody knows if it was sent.
        """
        ...
