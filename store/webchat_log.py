"""What a visitor of the web chat sees: one log for each visitor, to which everything is appended exactly once.

    say  (the edge accepts)  -> the visitor's words, and the emergency card; the message joins `open` and the inbox
    show (edge or sender)    -> a reply or a post; in the same step the turn becomes `sent`, so whoever comes second appends nothing

Every page of the visitor reads the log from the last entry that it has. Entries are sealed: the words are the visitor's own, unmasked. `open` holds the
keys of turns that are under way, in the order in which they were said; replies are shown in that order, and while one is pending the bot is typing.
"""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from typing import Any

from cryptography.fernet import Fernet, InvalidToken

from store.erase import erase_user
from store.keys import edge_channel, key, partition
from store.message import Bubble, Message
from store.redis import FAULTS, Redis, unavailable
from store.scripts import Scripts
from store.turns import KEEP_S, REMEMBER_S, delivery_event, dumps, now_ms

LIVES_S = 30 * 86_400
"""Seconds without a word after which a talk is forgotten."""
ENTRIES = 400
"""About so many entries are kept."""
EDGE = "webchat:"
_SHOWABLE = {"ready", "claimed", "sending"}


def edge_of(openid: str) -> str:
    """The edge id under which a visitor's messages are accepted: every edge that has a page of this visitor listens to it."""
    return f"{EDGE}{openid}"


@dataclass(frozen=True)
class Entry:
    """One line of the log.

    Args:
        seq: its place, `<ms>-<n>`; later entries are greater.
        id: the page's own id of a visitor's message, else the message key.
        who: `user`, `bot`, or the kind of a post (`staff`, `notice`, …).
        what: `at` (ms) and `text`, `picture` or `bubbles`.
    """

    seq: str
    id: str
    who: str
    what: dict[str, Any]


class WebchatLog:
    """The logs, for one process. Every call raises StoreUnavailable when Redis does not answer.

    Args:
        redis: the client.
        key: 32 bytes, `settings.derived_key("webchat-log")`.
    """

    def __init__(self, redis: Redis, key: bytes) -> None:
        self._redis = redis
        self._scripts = Scripts(redis)
        self._cipher = Fernet(base64.urlsafe_b64encode(key))

    async def say(self, message: Message, id_: str, what: dict[str, Any], card: str = "") -> str:
        """Accept a visitor's message: `new`, `repeat` (it was accepted before), or `left` (the visitor ended the talk).

        Args:
            id_: the page's id of the message.
            what: what the log shows of it.
            card: the emergency card, shown at once.
        """
        part, openid = partition(message.openid), message.openid
        shown = [id_, "user", self._seal({"at": message.at, **what})]
        if card:
            shown += [f"{id_}-card", "bot", self._seal({"at": message.at, "bubbles": [{"text": card}]})]
        keys = [key(part, "said", message.key), key(part, "left", openid), key(part, "turn", message.key), key(part, "inbox")]
        keys += [key(part, "webchat", openid), key(part, "open", openid)]
        awaited = "" if card else message.key
        arguments = [edge_of(openid), message.dumps(), now_ms(), REMEMBER_S, LIVES_S, ENTRIES, awaited, *shown]
        return str(await self._scripts.run("say", keys, arguments))

    async def show(self, openid: str, message_key: str, bubbles: list[Bubble]) -> bool:
        """Append a reply or post; False when it was shown before, or the visitor has left."""
        part = partition(openid)
        keys = [key(part, "turn", message_key), key(part, "due"), key(part, "webchat", openid), key(part, "open", openid)]
        keys += [key(part, "left", openid), key(part, "events")]
        event = delivery_event(openid, message_key, "webchat", "sent")
        sealed = self._seal({"at": now_ms(), "bubbles": bubbles})
        return bool(await self._scripts.run("show", keys, [message_key, edge_of(openid), sealed, event, KEEP_S, LIVES_S, ENTRIES]))

    async def catch_up(self, openid: str) -> bool:
        """Show the replies that are ready, in the order of their questions; True while a turn is under way."""
        part = partition(openid)
        try:
            while True:
                message_key = await self._redis.lindex(key(part, "open", openid), 0)
                if not message_key:
                    return False
                state, reply = await self._redis.hmget(key(part, "turn", message_key), "state", "reply")
                if state == "pending":
                    return True
                if state in _SHOWABLE and reply:
                    await self.show(openid, message_key, json.loads(reply))
                else:
                    await self._redis.lrem(key(part, "open", openid), 1, message_key)
        except FAULTS as error:
            raise unavailable(error) from error

    async def read(self, openid: str, after: str, count: int = 100) -> list[Entry]:
        """Up to `count` entries after a place (empty: from the beginning). What another VAULT_KEY sealed is left out."""
        try:
            found = await self._redis.xrange(key(partition(openid), "webchat", openid), f"({after}" if after else "-", "+", count=count)
        except FAULTS as error:
            raise unavailable(error) from error
        return [Entry(seq, fields["i"], fields["w"], what) for seq, fields in found if (what := self._open(fields["e"])) is not None]

    async def left(self, openid: str) -> bool:
        """Whether the visitor has ended the talk."""
        try:
            return bool(await self._redis.exists(key(partition(openid), "left", openid)))
        except FAULTS as error:
            raise unavailable(error) from error

    async def end(self, openid: str) -> None:
        """The visitor ends the talk: forget it here as after an `unsubscribe`, and let nothing that is under way come back. May be repeated."""
        part = partition(openid)
        try:
            pipe = self._redis.pipeline(transaction=True)
            pipe.set(key(part, "left", openid), "1", ex=LIVES_S)
            pipe.delete(key(part, "webchat", openid), key(part, "open", openid))
            pipe.publish(edge_channel(edge_of(openid)), "")
            await pipe.execute()
        except FAULTS as error:
            raise unavailable(error) from error
        await erase_user(self._redis, Message(f"end-{openid}", openid, "webchat", "event", event="unsubscribe", at=now_ms()))

    def _seal(self, what: dict[str, Any]) -> str:
        return self._cipher.encrypt(dumps(what).encode()).decode()

    def _open(self, sealed: str) -> dict[str, Any] | None:
        try:
            what: dict[str, Any] = json.loads(self._cipher.decrypt(sealed.encode()))
        except InvalidToken:
            return None
        return what
