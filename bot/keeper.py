"""`weijing bot`: follows the release.

A new model is a new parent beside the old; when it has passed its self-test the partitions move, then the old one leaves.
While nothing was ever released, `BOT_MODEL` is served. A model that will not load changes nothing: the release in force goes on, and the keeper says so.
"""

from __future__ import annotations

import asyncio
import logging
import os
import secrets
import socket
import tempfile
import time
from argparse import ArgumentParser
from collections.abc import Coroutine
from pathlib import Path

from bot.generation import Generation
from store.redis import Redis, client, wait_ready
from store.release import Release, Releases
from weijing.errors import ReleaseConflict, SettingsError, StoreUnavailable
from weijing.logs import set_up_logs
from weijing.model_file import find_model, newest_model
from weijing.settings import Settings, load_settings
from weijing.tasks import end

log = logging.getLogger(__name__)

STEP_S = 0.1
TOLD_S = 1.0
"""Seconds between two words to Redis on how we stand."""


def main(argv: list[str]) -> int:
    """Serve until SIGTERM.

    Raises:
        SettingsError: nothing was released and BOT_MODEL cannot be served.
    """
    ArgumentParser("weijing bot", description=__doc__).parse_args(argv)
    os.environ.setdefault("PROMETHEUS_MULTIPROC_DIR", tempfile.mkdtemp(prefix="weijing-metrics-"))
    set_up_logs()
    asyncio.run(_run(load_settings()))
    return 0


async def _run(settings: Settings) -> None:
    from bot.health import serve_health

    await wait_ready(settings.redis_url)
    redis = client(settings.redis_url)
    keeper = Keeper(settings, redis)
    health, keeping = asyncio.create_task(serve_health(settings, keeper.loaded)), asyncio.create_task(keeper.run())
    try:
        done, _ = await asyncio.wait([health, keeping], return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        await end(keeping)
        await keeper.leave()
        await end(health)
        await redis.close(close_connection_pool=True)


class Keeper:
    """Keeps one parent for each model of the release on this machine."""

    def __init__(self, settings: Settings, redis: Redis) -> None:
        self._settings = settings
        self._releases = Releases(redis)
        self._name = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(3)}"
        self._generations: dict[str, Generation] = {}
        self._leaving: list[Generation] = []
        self._wish: Release | None = None
        self._told_at = 0.0

    async def run(self) -> None:
        """Follow for ever; while Redis is away the generations go on as they are.

        Raises:
            SettingsError: nothing was released and BOT_MODEL cannot be served.
        """
        await self._when_redis_answers(self._forget_a_lost_model())
        while True:
            for generation in self._generations.values():
                generation.tick()
            self._leaving = [generation for generation in self._leaving if generation.running]
            await self._when_redis_answers(self._follow())
            await asyncio.sleep(STEP_S)

    def loaded(self) -> bool:
        """Whether a model is ready on this machine."""
        return any(generation.ready for generation in self._generations.values())

    async def leave(self) -> None:
        """End every generation: turns under way are finished, leases freed."""
        await self._when_redis_answers(self._releases.leave(self._name))
        await asyncio.gather(*(generation.stop() for generation in [*self._generations.values(), *self._leaving]))

    @staticmethod
    async def _when_redis_answers(step: Coroutine[None, None, None]) -> None:
        try:
            await step
        except StoreUnavailable as error:
            log.warning("the release is not followed: %s", error)

    async def _follow(self) -> None:
        wish, rule = await self._releases.wished(), await self._releases.in_force()
        if wish != self._wish:
            log.info("asked to serve %s", wish)
            self._wish = wish
        if wish is None:
            self._keep([self._newest()], 0)
            return
        in_force = rule is not None and rule.epoch >= wish.epoch
        self._keep(wish.models if in_force or rule is None else [*wish.models, *rule.models], wish.epoch, drop=in_force)
        if not in_force and all(self._generations[model].ready for model in wish.models):
            await self._releases.enforce(wish)
            log.info("release %d is in force: %s%s", wish.epoch, wish.released, f", {wish.canary} on {wish.share} partitions" if wish.canary else "")
        await self._tell(wish.epoch)

    def _newest(self) -> str:
        """The model of BOT_MODEL: the one that is served already, else the newest.

        Raises:
            SettingsError: there is none, or it does not load.
        """
        for name, generation in self._generations.items():
            if generation.state == "failed" and not generation.served:
                raise SettingsError(generation.words)
            return name
        return newest_model(self._settings.bot_model).name

    def _keep(self, models: list[str], epoch: int, *, drop: bool = False) -> None:
        for model in models:
            if model not in self._generations:
                self._generations[model] = Generation(find_model(self._settings.bot_model, model), epoch)
        for model in [name for name in self._generations if drop and name not in models]:
            generation = self._generations.pop(model)
            log.info("%s leaves", model)
            generation.leave()
            self._leaving.append(generation)

    async def _tell(self, epoch: int) -> None:
        if time.monotonic() - self._told_at > TOLD_S:
            models = {name: {"state": one.state, "words": one.words, "model_id": one.model_id} for name, one in self._generations.items()}
            await self._releases.tell(self._name, {"epoch": epoch, "models": models})
            self._told_at = time.monotonic()

    async def _forget_a_lost_model(self) -> None:
        """When the released file is on no machine any more (its folder was emptied), the newest model takes its place: better than no answer."""
        wish = await self._releases.wished()
        if wish is None or _lies_there(self._settings.bot_model, wish.released) or await self._releases.bots():
            return
        newest = newest_model(self._settings.bot_model).name
        log.error("the released model %s is gone; %s is served in its place", wish.released, newest)
        try:
            await self._releases.wish(newest, after=wish.epoch)
        except ReleaseConflict:
            log.info("another keeper was quicker")


def _lies_there(place: Path, model: str) -> bool:
    return find_model(place, model).is_file()
