"""One connection to Redis on which commands follow one another without waiting for answers.

redis-py connects (address, TLS, password, database); then this protocol takes the socket over. No pool, no task and no time-out of its own for each command:
answers come in the order of the commands. hiredis packs and parses. The client's pool closes the connection with its others.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, cast

import hiredis
from redis.asyncio.connection import BaseParser
from redis.exceptions import InvalidResponse

from store.redis import Redis


class Line(asyncio.Protocol):
    """The connection; it may be connected again after it was lost.

    Args:
        redis: says where to connect.
        hear: gets every answer, an error as the exception of redis-py.
        lost: called when the connection has ended.
    """

    def __init__(self, redis: Redis, hear: Callable[[Any], None], lost: Callable[[], None]) -> None:
        self._connection: Any = cast(Any, redis.connection_pool).make_connection()
        self._hear, self._lost = hear, lost
        self._transport: asyncio.Transport | None = None

    @property
    def connected(self) -> bool:
        """Whether commands may be sent."""
        return self._transport is not None

    async def connect(self) -> None:
        """Connect as the client does.

        Raises:
            RedisError: of redis-py: not reached in time, or refused.
        """
        await self._connection.disconnect(nowait=True)
        await self._connection.connect()
        self._parser = hiredis.Reader(protocolError=InvalidResponse, replyError=BaseParser.parse_error, encoding="utf-8")
        self._transport = self._connection._writer.transport
        self._stream = self._transport.get_protocol()
        self._transport.set_protocol(self)

    def send(self, data: bytes) -> None:
        """Write packed commands."""
        assert self._transport is not None
        self._transport.write(data)

    def cut(self) -> None:
        """Close at once; what was not answered never will be."""
        if self._transport:
            self._transport.abort()

    def data_received(self, data: bytes) -> None:
        """Parse what came."""
        self._parser.feed(data)
        while (answer := self._parser.gets()) is not False:
            self._hear(answer)

    def connection_lost(self, error: Exception | None) -> None:
        """The server or we have closed it; redis-py's writer waits to be told."""
        self._transport = None
        cast(asyncio.Protocol, self._stream).connection_lost(error)
        self._lost()
