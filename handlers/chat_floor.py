"""The first floor of the services: the chat, messages, and what citizens agreed to. For `wiring`; every slice that tells
somebody something stands on it."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from handlers import consent_texts
from handlers.ground import Ground
from handlers.messages import MessageWords
from handlers.words import build_environment
from miniapp.accounts.consents import Consents
from miniapp.messaging.model import Words as MessageWordsPromise
from miniapp.messaging.store import MessageStore
from miniapp.zalo.client import NotConnected
from miniapp.zalo.grants import Authority
from miniapp.zalo.model import Chat
from miniapp.zalo.oauth_simulator import SimulatedOauth
from miniapp.zalo.simulator import SimulatedChat
from miniapp.zalo.token_store import TokenStore

if TYPE_CHECKING:  # these are imported where they are made: a citizens' page needs none of them
    from miniapp.messaging.service import Outbox
    from miniapp.zalo.oauth import ZaloOauth
    from miniapp.zalo.tokens import Tokens


class ChatFloor(Ground):
    """What is below the slices and above the ground: whoever is told, and by which way."""

    @cached_property
    def consents(self) -> Consents:
        return self.accounts.consents(consent_texts.published())

    @cached_property
    def simulated_chat(self) -> SimulatedChat:
        return SimulatedChat(self.clock, self.ids)

    @cached_property
    def chat(self) -> Chat:
        return self.simulated_chat if self.settings.simulated_chat else NotConnected()

    @cached_property
    def simulated_oauth(self) -> SimulatedOauth:
        return SimulatedOauth(self.clock, self.ids)

    @cached_property
    def zalo_oauth(self) -> ZaloOauth:
        from miniapp.zalo.oauth import ZaloOauth

        return ZaloOauth(self.settings)

    @cached_property
    def tokens(self) -> Tokens:
        from miniapp.zalo.tokens import Tokens

        authority: Authority = self.simulated_oauth if self.settings.simulated_chat else self.zalo_oauth
        return Tokens(TokenStore(), authority, self.sealer, self.clock)

    @cached_property
    def message_words(self) -> MessageWordsPromise:
        return MessageWords(build_environment(), self.settings.base_url)

    @cached_property
    def outbox(self) -> Outbox:
        from miniapp.messaging.service import Outbox

        way_in = self.accounts.citizen_links.make
        return Outbox(MessageStore(), self.chat, self.queues, self.message_words, way_in, self.clock)
