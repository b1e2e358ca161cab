"""What users sent as evidence: checked by content, hashed, sealed, and kept in the table `weijing.evidence`.

Used by the evidence keeper and, for uploads, by the edge. A file has its id from the moment its message is accepted; each id is stored once. The content is
sealed with AES-256-GCM under `derived_key("evidence")`, the id as associated data, so that a row whose content was altered or exchanged for another's
does not open. The reasons are in docs/adr/0008.
"""

from __future__ import annotations

import asyncio
import hashlib
import secrets
import time
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any

import asyncpg
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from weijing.errors import EvidenceUnreadable, StoreUnavailable
from weijing.media_type import check_media
from weijing.reach import plain_url

FAULTS = (asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError, OSError, asyncio.TimeoutError)
"""What a call may raise when PostgreSQL is down, starting, full or slow."""

_NONCE = 12
_WANT = """
    INSERT INTO weijing.evidence AS e (id, openid, key, channel, kind, source, received_at, keep_until)
    VALUES ($1, $2, $3, $4, $5, $6, $7::timestamptz, $7::timestamptz + interval '24 hours')
    ON CONFLICT (id) DO UPDATE SET key = $3, channel = $4, source = $6, received_at = $7::timestamptz RETURNING state
"""
_KEEP = """
    UPDATE weijing.evidence SET state = 'kept', reason = '', media_type = $2, bytes = $3, sha256 = $4, content = $5, kept_at = now()
    WHERE id = $1 AND state <> 'kept'
"""
_SET_ASIDE = "UPDATE weijing.evidence SET state = $2, reason = $3 WHERE id = $1 AND state = 'wanted'"
_OF_WHO_LEFT = """
    EXISTS (SELECT FROM weijing.conversations c WHERE c.openid = e.openid AND c.erased_at >= e.received_at AND c.erased_at < now() - interval '5 minutes')
"""
"""The five minutes are for events of a filing that are still on their way."""
_FORGET = f"DELETE FROM weijing.evidence e WHERE keep_until < now() OR (report_no IS NULL AND {_OF_WHO_LEFT})"  # noqa: S608  our own words
_DISOWN = f"UPDATE weijing.evidence e SET openid = '' WHERE report_no IS NOT NULL AND {_OF_WHO_LEFT}"  # noqa: S608


def evidence_id(message_key: str) -> str:
    """The id of what a message (or an upload) brought."""
    return f"E-{message_key[:16]}"


@dataclass(frozen=True)
class Evidence:
    """Where a file comes from.

    Args:
        id: see `evidence_id`.
        key: of the message or upload.
        kind: `image`, `voice`, `video` or `file`.
        source: `wechat` (downloaded), `h5` or `webchat` (uploaded).
        received_at: ms since the epoch.
    """

    id: str
    openid: str
    key: str
    kind: str
    channel: str = "wechat"
    source: str = "wechat"
    received_at: int = field(default_factory=lambda: int(time.time() * 1000))


class EvidenceStore:
    """The table, for one process. Every call raises StoreUnavailable when PostgreSQL does not answer.

    Args:
        pool: of asyncpg.
        key: 32 bytes, `settings.derived_key("evidence")`.
    """

    def __init__(self, pool: asyncpg.Pool, key: bytes) -> None:
        self._pool = pool
        self._cipher = AESGCM(key)

    @classmethod
    async def open(cls, dsn: str, key: bytes) -> EvidenceStore:
        """A store that connects at its first call, so that a process starts while PostgreSQL is away.

        Raises:
            EngineError: `dsn` is empty.
        """
        return cls(await asyncpg.create_pool(plain_url(dsn), min_size=0, max_size=4, command_timeout=10, timeout=5), key)

    async def close(self) -> None:
        """Close the connections; what still runs after 5 s is cut off."""
        try:
            await asyncio.wait_for(self._pool.close(), 5)
        except asyncio.TimeoutError:
            self._pool.terminate()

    async def want(self, item: Evidence) -> str:
        """Note that this file is to come; returns its state: `wanted` when there is still something to do."""
        at = datetime.fromtimestamp(item.received_at / 1000, timezone.utc)
        return str(await self._ask("fetchval", _WANT, item.id, item.openid, item.key, item.channel, item.kind, item.source, at))

    async def keep(self, item: Evidence, content: bytes) -> str:
        """Check, seal and store; the same id a second time stores nothing. Returns the SHA-256 (hex) of what is kept.

        Raises:
            EvidenceRefused: empty, too large, or of a type that this kind may not have; nothing is stored.
        """
        media_type, digest = check_media(item.kind, content), hashlib.sha256(content).hexdigest()
        nonce = secrets.token_bytes(_NONCE)
        sealed = nonce + await asyncio.to_thread(self._cipher.encrypt, nonce, content, item.id.encode())
        await self.want(item)
        await self._ask("execute", _KEEP, item.id, media_type, len(content), digest, sealed)
        return (await self.digests([item.id])).get(item.id, digest)

    async def set_aside(self, id_: str, state: str, reason: str) -> None:
        """Note that a wanted file cannot be had: `refused` or `expired`."""
        await self._ask("execute", _SET_ASIDE, id_, state, reason)

    async def read(self, id_: str) -> bytes:
        """The content.

        Raises:
            EvidenceUnreadable: nothing is kept under this id, it was altered, or another key sealed it.
        """
        row = await self._ask("fetchrow", "SELECT content, sha256 FROM weijing.evidence WHERE id = $1 AND state = 'kept'", id_)
        if row is None:
            raise EvidenceUnreadable(f"no evidence is kept as {id_}")
        try:
            content: bytes = self._cipher.decrypt(row["content"][:_NONCE], row["content"][_NONCE:], id_.encode())
        except (InvalidTag, ValueError):  # ValueError: cut shorter than a nonce
            raise EvidenceUnreadable(f"{id_} was altered, or sealed with another VAULT_KEY") from None
        if hashlib.sha256(content).hexdigest() != row["sha256"]:
            raise EvidenceUnreadable(f"the SHA-256 noted for {id_} is not that of its content")
        return content

    async def digests(self, ids: list[str]) -> dict[str, str]:
        """The SHA-256 of those that are kept."""
        rows = await self._ask("fetch", "SELECT id, sha256 FROM weijing.evidence WHERE id = ANY($1) AND state = 'kept'", ids)
        return {row["id"]: row["sha256"] for row in rows}

    async def forget(self) -> int:
        """Delete what is past its time and what users who left had not filed; what they had filed stays and is nobody's. Returns how many were deleted."""
        await self._ask("execute", _DISOWN)
        return int(str(await self._ask("execute", _FORGET)).split()[-1])

    async def _ask(self, method: str, statement: str, *values: Any) -> Any:
        try:
            return await getattr(self._pool, method)(statement, *values)
        except FAULTS as error:
            raise StoreUnavailable(f"PostgreSQL did not take the call ({type(error).__name__}); nothing was stored") from error
