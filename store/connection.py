"""Redis connections whose tasks can be cancelled.

redis-py 4.6 on Python 3.10 loses a cancellation in two places: it polls the socket before each command with a time-out of 0 s, and it writes under
`asyncio.wait_for` (bpo-37658). A loop of Redis commands that is cancelled at such a moment goes on for ever, and its process does not stop.
Both are done here without waiting, which also saves a third of the CPU of a command (measured on PING). `tests/store/test_connection.py` shows the difference.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from async_timeout import timeout
from redis.asyncio.connection import BlockingConnectionPool, Connection, HiredisParser, SSLConnection, UnixDomainSocketConnection
from redis.exceptions import ConnectionError, TimeoutError

if TYPE_CHECKING:
    Pool = BlockingConnectionPool[Any]
else:
    Pool = BlockingConnectionPool


class Parser(HiredisParser):
    """Answers from its buffers whether the connection is clean."""

    async def can_read_destructive(self) -> bool:
        """Whether the connection cannot be used: unread data, or closed by the server."""
        parser: Any = self
        return bool(parser._reader.has_data() or parser._stream is None or parser._stream._buffer or parser._stream.at_eof())


class _Sending:
    """The writing half of a connection."""

    async def send_packed_command(self: Any, command: bytes | str | Iterable[bytes], check_health: bool = True) -> None:
        """Write a command; waits only when the socket's buffer is full.

        Raises:
            ConnectionError, TimeoutError: of redis-py; the connection is closed.
        """
        if not self.is_connected:
            await self.connect()
        elif check_health:
            await self.check_health()
        chunks = [command.encode()] if isinstance(command, str) else [command] if isinstance(command, bytes) else command
        try:
            self._writer.writelines(chunks)
            async with timeout(self.socket_timeout):
                await self._writer.drain()
        except BaseException as error:
            await self.disconnect(nowait=True)
            if isinstance(error, asyncio.TimeoutError):
                raise TimeoutError("Timeout writing to socket") from None
            if isinstance(error, OSError):
                raise ConnectionError(f"Error while writing to socket: {error}") from error
            raise


class _Tcp(_Sending, Connection):
    pass


class _Tls(_Sending, SSLConnection):
    pass


class _Unix(_Sending, UnixDomainSocketConnection):
    pass


_OURS: dict[Any, Any] = {Connection: _Tcp, SSLConnection: _Tls, UnixDomainSocketConnection: _Unix}


def pool(url: str, **options: Any) -> Pool:
    """A pool of such connections; callers wait for a free one.

    Raises:
        ValueError: `url` is no Redis address.
    """
    made: Pool = BlockingConnectionPool.from_url(url, parser_class=Parser, decode_responses=True, **options)
    made.connection_class = _OURS[made.connection_class]
    return made
