"""What one turn carries beside the tracker: idempotency keys, the vault, and calls kept for later.

The worker opens a context around each turn; actions reach it with `current()`. Under `rasa shell` and `rasa test` nobody opens one and a
throw-away context serves, so actions need no other path.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections import Counter
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from cryptography.fernet import Fernet, InvalidToken

REF = "〔{kind}#{ref}〕"
"""How a masked value reads in texts and slots: `〔身份证#k3f9a2〕`."""

NOT_KEPT = "（这条内容只给您看一次，没有保存。）"
"""In the place of a text that is not stored; a user who asks to hear it again reads this."""


@dataclass
class TurnContext:
    """One turn's surroundings.

    Args:
        message_key: the message that the turn answers.
        openid: the user.
        cipher: encrypts the vault; None keeps raw values for the length of the turn only (`rasa shell`).
        stored: the user's vault as committed: reference -> encrypted value.
        spoken: evidence id of the voice message that the words were recognised from, if any.
        about: the service item that the conversation is about, if any.
        evidence: what becomes of evidence with this turn (see `claim`); the projector writes it.
        released: numbers that were erased at the user's wish: their evidence goes as well.
    """

    message_key: str
    openid: str
    channel: str = "wechat"
    cipher: Fernet | None = None
    stored: dict[str, str] = field(default_factory=dict)
    added: dict[str, str] = field(default_factory=dict)
    raw: dict[str, str] = field(default_factory=dict)
    held: set[str] = field(default_factory=set)
    deferred: list[str] = field(default_factory=list)
    calls: Counter[str] = field(default_factory=Counter)
    spoken: str = ""
    about: str = ""
    evidence: list[dict[str, Any]] = field(default_factory=list)
    released: list[str] = field(default_factory=list)

    def idempotency_key(self, action: str) -> str:
        """Message key + action + number of the call in this turn, hashed; a repeated turn makes the same keys."""
        self.calls[action] += 1
        text = f"{self.message_key}|{action}|{self.calls[action]}"
        return hashlib.sha256(text.encode()).hexdigest()[:40]

    def keep(self, kind: str, value: str) -> str:
        """Put a raw value into the vault; returns the mask that stands for it, e.g. `〔手机#k3f9a2〕`."""
        ref = self._ref(value)
        if self.cipher and ref not in self.added:
            self.added[ref] = self.cipher.encrypt(value.encode()).decode()
        return REF.format(kind=kind, ref=ref)

    def hold(self, kind: str, value: str) -> str:
        """As `keep`, but for this turn alone: afterwards nobody can open the mask. For what is needed once (个人信息保护法 art. 19)."""
        self.held.add(value)
        return REF.format(kind=kind, ref=self._ref(value))

    def keepable(self, text: str) -> str:
        """A text as it may be stored: one that quotes a value held for this turn alone is dropped whole, for what is said of a name tells the name."""
        return NOT_KEPT if any(value in text for value in self.held) else text

    def _ref(self, value: str) -> str:
        ref = next((ref for ref, known in self.raw.items() if known == value), None) or secrets.token_hex(4)
        self.raw[ref] = value
        return ref

    def reveal(self, text: str) -> str:
        """Replace every mask in `text` by its raw value; what cannot be opened stays masked."""
        for mask in set(_masks(text)):
            value = self._open(mask[mask.index("#") + 1 : -1])
            text = text.replace(mask, value) if value is not None else text
        return text

    def defer(self, method: str, path: str, body: dict[str, Any], idempotency_key: str, kind: str) -> None:
        """Keep a backend call; it is committed with the turn and delivered when the backend is back.

        Args:
            kind: names the text the user gets then, e.g. `report`.
        """
        call = {"method": method, "path": path, "body": body, "idempotency_key": idempotency_key, "kind": kind, "openid": self.openid, "key": self.message_key}
        text = json.dumps(call, ensure_ascii=False)
        self.deferred.append(self.cipher.encrypt(text.encode()).decode() if self.cipher else text)

    def claim(self, items: list[dict[str, Any]], *, report_no: str = "", days: int = 0) -> None:
        """Say what becomes of evidence when the turn is committed: it belongs to a report or filing, or to nothing yet.

        Args:
            items: `{kind, ref}` as in a report; those whose ref is no evidence id (links, words) are passed over.
            days: kept so many from now; with a number, 0 means for good.
        """
        self.evidence += evidence_claim(items, report_no, days)

    def release(self, number: str) -> None:
        """Say that a filing was erased: the evidence that this user filed with it is deleted."""
        self.released.append(number)

    def _open(self, ref: str) -> str | None:
        if ref in self.raw:
            return self.raw[ref]
        if self.cipher and ref in self.stored:
            try:
                return self.cipher.decrypt(self.stored[ref].encode()).decode()
            except InvalidToken:
                return None
        return None


def evidence_claim(items: list[dict[str, Any]], report_no: str, days: int = 0) -> list[dict[str, Any]]:
    """The member `evidence` of an event: see `TurnContext.claim`."""
    return [{"id": item["ref"], "kind": item["kind"], "report_no": report_no, "days": days} for item in items if item["ref"].startswith("E-")]


def _masks(text: str) -> list[str]:
    import re

    return re.findall(r"〔[^〔〕#]{1,8}#[0-9a-f]{8}〕", text)


CURRENT: ContextVar[TurnContext | None] = ContextVar("weijing_turn", default=None)
"""Set by the worker around a turn."""


def current() -> TurnContext:
    """The running turn's context; a throw-away one under `rasa shell` and `rasa test`."""
    context = CURRENT.get()
    if context is None:
        context = TurnContext(message_key=secrets.token_hex(8), openid="shell")
        CURRENT.set(context)
    return context
