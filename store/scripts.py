"""The Lua scripts: each is one atomic step of the protocol that `store.turns` and its neighbours speak."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from redis.commands.core import AsyncScript

from store.redis import FAULTS, Redis, unavailable

_TEXTS = {path.stem: path.read_text() for path in (Path(__file__).parent / "lua").glob("*.lua")}


class Scripts:
    """The scripts bound to one client; a script lost by a Redis restart is loaded again by redis-py.

    Args:
        redis: the client they run on.
    """

    def __init__(self, redis: Redis) -> None:
        self._scripts: dict[str, AsyncScript] = {name: redis.register_script(text) for name, text in _TEXTS.items()}

    async def run(self, name: str, keys: list[str], args: list[Any]) -> Any:
        """Run one script.

        Raises:
            StoreUnavailable: Redis did not take it; whether it ran is unknown after a time-out, so each script may be repeated.
        """
        try:
            return await self._scripts[name](keys=keys, args=args)
        except FAULTS as error:
            raise unavailable(error) from error
