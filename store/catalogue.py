"""How the backend's active service items are named and asked for, as the courier last read them: what workers link messages by."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from store.keys import CATALOGUE
from store.redis import Redis

_LISTS = ("aliases", "questions", "related")


@dataclass(frozen=True)
class ItemWords:
    """The words of one item; fields as in `weijing.service_item.ServiceItem`."""

    id: str
    name: str
    category: str
    summary: str
    aliases: tuple[str, ...] = ()
    questions: tuple[str, ...] = ()
    related: tuple[str, ...] = ()

    @classmethod
    def of(cls, record: Mapping[str, Any]) -> ItemWords:
        """Those of a whole record; the rest of it is left out."""
        lists = {name: tuple(record.get(name) or ()) for name in _LISTS}
        return cls(record["id"], record["name"], record["category"], record["summary"], **lists)


class Catalogue:
    """The catalogue in Redis; what Redis raises (`store.redis.FAULTS`) is the caller's."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    async def version(self) -> str:
        """Of what is kept; empty while nothing is."""
        return str(await self._redis.hget(CATALOGUE, "version") or "")

    async def write(self, version: str, items: Sequence[ItemWords]) -> None:
        """Keep these items in the place of all that were there."""
        await self._redis.hset(CATALOGUE, mapping={"version": version, "items": json.dumps([asdict(item) for item in items], ensure_ascii=False)})

    async def read(self) -> tuple[str, list[ItemWords]]:
        """Version and items, of one and the same writing."""
        version, items = await self._redis.hmget(CATALOGUE, "version", "items")
        return str(version or ""), [ItemWords.of(record) for record in json.loads(items or "[]")]
