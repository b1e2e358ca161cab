"""The house that the storm breaks: a Redis of its own, backend, bot, two edges, sender, projector, courier, and WeChat around it."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import asyncpg
from aiohttp import web

from channels.simulator.envelope import Envelope
from store.migrate import migrate
from tests.e2e.house import House, free_port
from tests.e2e.platform_api import PlatformApi
from tests.e2e.platform_breaker import Breaker, Engine, settled, thaw
from tests.e2e.platform_users import User
from tests.e2e.platform_verdict import Verdict, judge
from tests.e2e.platform_wechat import WeChat
from tests.e2e.platform_wire import Edge, start_edge
from tests.e2e.platform_witness import Witness, read_witness
from tests.e2e.storm import Backend, start_backend
from weijing.generated import generated_secrets
from weijing.health import serve
from weijing.settings import Settings

LEASE_MS = 4000
"""Well above what a busy machine of two cores may hold a living worker up."""
SEED = 20_260_701


class Storm:
    """Everything that runs. Made by `open_storm`."""

    def __init__(self, house: House, engine: Engine, backend: Backend, api: PlatformApi, runner: web.AppRunner) -> None:
        self.house, self.engine, self.backend, self.api, self._runner = house, engine, backend, api, runner
        self.edges: list[Edge] = [start_edge(house), start_edge(house)]
        self._sender = house.start("sender")
        for name in ("projector", "courier"):
            house.start(name)
        account = Settings.parse_obj({name.lower(): value for name, value in generated_secrets(house.folder).items()})
        self.wechat = WeChat(self.edges, Envelope(account), SEED)
        self._account = account.wechat_original_id
        self.breaks: Counter[str] = Counter()
        self.asked = 0
        self.seconds = 0.0, 0.0

    async def start_bot(self, **chaos: str) -> None:
        """Start the workers with this plan and wait until all is ready."""
        self._bot = self.house.start("bot", BOT_WORKERS="3", **chaos)
        for process, port in [*((edge.process, edge.port) for edge in self.edges), (self._bot, self._port("BOT")), (self._sender, self._port("SENDER"))]:
            await asyncio.to_thread(self.house.wait_ready, process, port)

    async def blow(self, users: int, *, pause: float, breaking: bool) -> None:
        """Let the users live, and break the house meanwhile; returns when every reply is where it belongs."""
        stop = asyncio.Event()
        thawing = asyncio.create_task(thaw(self._bot, LEASE_MS / 1000 * 1.5, stop))
        clock = asyncio.create_task(self.wechat.watch_the_clock())
        breaker = Breaker(self.house, self.engine, self.edges, self._sender)
        people = [User(self.wechat, self._account, number, pause) for number in range(users)]
        started = time.monotonic()
        await asyncio.gather(*(user.live() for user in people), *([breaker.run()] if breaking else []))
        talked = time.monotonic()
        await self._settle()
        while waiting := [user for user in people if await self.engine.held(user.openid)]:  # what the platform's allowance held back
            await asyncio.gather(*(user.say("查看") for user in waiting))
            self.asked += len(waiting)
            await self._settle()
        await asyncio.sleep(max(0.0, LEASE_MS / 1000 * 2 - (time.monotonic() - talked)))  # a frozen worker wakes up and tries to commit
        stop.set()
        clock.cancel()
        await thawing
        self.breaks = breaker.counts
        self.seconds = talked - started, time.monotonic() - talked

    async def judge(self) -> tuple[Verdict, Witness]:
        """Read the witness and judge."""
        witness = await asyncio.to_thread(read_witness, self.engine.folder)
        return judge(witness, self.wechat, self.api.sent), witness

    async def strikes(self) -> Counter[str]:
        """What the bot's workers did to themselves: `SIGKILL@point` -> times."""
        return Counter({name: int(count) for name, count in (await self.engine.redis.hgetall("wj:chaos:count")).items()})

    async def projected(self) -> int:
        """Turns in PostgreSQL, once the projector has written what is left."""
        connection = await asyncpg.connect(self.backend.database_url)
        try:
            before = -1
            while (now := int(await connection.fetchval("SELECT count(*) FROM weijing.turns"))) != before:
                before = now
                await asyncio.sleep(1.5)
            return now
        finally:
            await connection.close()

    async def summary(self, verdict: Verdict) -> str:
        """One line for people."""
        heard = [one for exchange in self.wechat.exchanges for one in exchange.heard]
        told = Counter(word for exchange in self.wechat.exchanges for word in exchange.told)
        strikes = await self.strikes()
        times = sorted(one.seconds for one in heard if one.outcome == "answered")
        return (
            f"{len(self.wechat.exchanges)} pushes, {len(heard)} requests ({_list(Counter(one.outcome for one in heard))}), told: {_list(told)}; "
            f"p50 {times[len(times) // 2]:.2f} s, p99 {times[len(times) * 99 // 100]:.2f} s, longest {times[-1]:.2f} s; "
            f"worker kills {_times(strikes, 'SIGKILL')}, freezes {_times(strikes, 'SIGSTOP')}, killed and restarted: {_list(self.breaks)} "
            f"(Redis with {self.engine.accepted_and_unanswered} accepted and unanswered), API failures {self.api.failures}, "
            f"asked for held replies {self.asked} times; "
            f"LOST {len(verdict.lost)}, LATE {len(verdict.late)} "
            f"(and {sum(one.late for one in heard)} cut while the machine itself stood still, {len(self.wechat.stalls)} times), "
            f"DOUBLED {len(verdict.doubled)}, out of order {len(verdict.disordered)}, "
            f"last-hop doubles {verdict.shown_twice}; {self.seconds[0]:.0f} s storm, {self.seconds[1]:.0f} s until settled"
        )

    async def close(self) -> None:
        """Stop everything."""
        self.house.stop()
        self.backend.house.stop()
        await self.engine.close()
        await self._runner.cleanup()

    async def _settle(self) -> None:
        assert await settled(self.engine, 60), f"not settled: {await self.engine.depth()} in the inbox\n{self._bot.text()[-2000:]}"

    def _port(self, name: str) -> int:
        return int(self.house.environment[f"{name}_PORT"])


async def open_storm(folder: Path, postgres_url: str, model: Path) -> Storm:
    """Start all but the bot."""
    api, port = PlatformApi(SEED), free_port()
    runner = await serve(api.application(), "127.0.0.1", port)
    (folder / "redis").mkdir()
    engine = Engine(folder / "redis")
    await engine.keep_history()
    backend = await asyncio.to_thread(start_backend, folder, postgres_url)
    await asyncio.to_thread(migrate, backend.database_url)
    environment = {"REDIS_URL": engine.server.url, "BOT_MODEL": str(model), "BOT_LEASE_MS": str(LEASE_MS), "WECHAT_API_BASE": f"http://127.0.0.1:{port}"}
    ports = {f"{name}_PORT": str(free_port()) for name in ("BOT", "SENDER", "PROJECTOR", "COURIER")}
    return Storm(House(folder, {**environment, **ports, **backend.environment}), engine, backend, api, runner)


def _list(count: Mapping[Any, int]) -> str:
    return ", ".join(f"{name} {times}" for name, times in sorted(count.items()))


def _times(strikes: Counter[str], name: str) -> int:
    return sum(times for strike, times in strikes.items() if strike.startswith(name))
