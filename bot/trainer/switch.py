"""Releases carried out: asked of the keepers, waited for, noted; what does not come into force is taken back."""

from __future__ import annotations

import asyncio
import time
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from sqlalchemy import text
from sqlalchemy.engine import Row
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.trainer.child import Cancelled
from store import jobs, models
from store.jobs import Job, Jobs
from store.keys import PARTITIONS
from store.release import Release, Releases
from weijing.errors import JobFailed, ModelNotReleasable, SettingsError
from weijing.model_file import data_commit, find_model, model_id, newest_model
from weijing.settings import Settings

MOST_CASES = 500
_CASES = text("SELECT args->'cases' AS cases FROM weijing.jobs WHERE kind = 'replay' AND by IS NOT NULL AND state = 'done' ORDER BY id")
LOAD_S = 240.0
"""How long the keepers may take to load a model and move the partitions."""


class Switch:
    """Moves users from one model to another."""

    def __init__(self, settings: Settings, engine: AsyncEngine, jobs: Jobs, releases: Releases) -> None:
        self._settings, self._engine, self._jobs, self._releases = settings, engine, jobs, releases

    async def served(self) -> Path:
        """The file of the model that is released now; while nothing was ever released, BOT_MODEL's.

        Raises:
            JobFailed: there is none.
        """
        wish = await self._releases.wished()
        try:
            return find_model(self._settings.bot_model, wish.released) if wish else newest_model(self._settings.bot_model)
        except SettingsError as error:
            raise JobFailed("还没有可用的模型") from error

    async def release(self, job: Job) -> tuple[str, dict[str, Any]]:
        """Give a model users: all, or as a canary those of `share` partitions.

        Raises:
            JobFailed: the gate is shut, or it did not come into force; the model before goes on.
        """
        share = max(1, min(PARTITIONS, int(job.args.get("share", PARTITIONS))))
        async with self._engine.connect() as connection:
            model = await models.find(connection, job.model)
        try:
            models.check_releasable(model)
        except ModelNotReleasable as error:
            raise JobFailed(f"不能发布：{error.message}") from error
        assert model is not None
        served = await self.served()
        whole = share == PARTITIONS or served.name == model.file
        goal = Release(model.file) if whole else Release(served.name, model.file, share)
        done = await self.move(job, goal, f"已发布 {model.file}" if whole else f"{model.file} 试用中，接待 {share}/{PARTITIONS} 的群众")
        async with self._engine.begin() as connection:
            await self._replay_again(connection, model.id)
        return done

    @staticmethod
    async def _replay_again(connection: AsyncConnection, model: str) -> None:
        """The conversations that were made tests are put to what was released now."""
        cases = {case["text"]: case for row in await connection.execute(_CASES) for case in row.cases}
        if cases:
            await jobs.add(connection, "replay", None, model=model, cases=list(cases.values())[-MOST_CASES:])

    async def roll_back(self, job: Job) -> tuple[str, dict[str, Any]]:
        """Take the canary's users back; without a canary, go back to the model released before.

        Raises:
            JobFailed: there is none before.
        """
        now = await self._releases.wished()
        if now and now.canary:
            return await self.move(job, Release(now.released), f"已停止试用，全部群众回到 {now.released}", reason=str(job.args.get("reason", "")))
        async with self._engine.connect() as connection:
            before = await models.before(connection)
        if before is None:
            raise JobFailed("之前没有发布过别的模型，无处可退")
        return await self.move(job, Release(before.file), f"已退回 {before.file}", reason=str(job.args.get("reason", "")))

    async def move(self, job: Job, goal: Release, words: str, *, reason: str = "") -> tuple[str, dict[str, Any]]:
        """Bring a release into force and note it: (the sentence of the page, the result).

        Raises:
            JobFailed: it did not come into force; the model before goes on.
            Cancelled: somebody has cancelled the job.
        """
        before, served = await self._releases.wished(), await self.served()
        rows = [await self._noted(name) for name in ({served.name} | set(goal.models))]
        started = time.monotonic()
        wished = await self._releases.wish(goal.released, goal.canary, goal.share, after=before.epoch if before else None)
        await self._jobs.seen(job.id, progress=20, step="装入模型")
        try:
            await self._in_force(job, wished)
        except (JobFailed, Cancelled):
            back = before or Release(served.name)
            await self._releases.wish(back.released, back.canary, back.share)
            raise
        ids = {row.file: row.id for row in rows}
        async with self._engine.begin() as connection:
            await models.note_release(connection, ids[served.name], "", None) if before is None else None
            await models.note_release(connection, ids[goal.released], ids.get(goal.canary, ""), job.by)
        result = {"released": goal.released, "canary": goal.canary, "share": goal.share, "epoch": wished.epoch, "seconds": round(time.monotonic() - started, 1)}
        return words, {**result, "reason": reason}

    async def _noted(self, name: str) -> Row:
        """The row of a model file; one that was trained outside the workbench gets its row now."""
        file = find_model(self._settings.bot_model, name)
        if not file.is_file():
            raise JobFailed(f"模型文件 {name} 不在了")
        trained = datetime.fromtimestamp(file.stat().st_mtime, timezone.utc)
        async with self._engine.begin() as connection:
            await models.keep(connection, model_id(file), name, data_commit(file), trained, None)
            row = await models.find(connection, name)
        assert row is not None
        return row

    async def _in_force(self, job: Job, wished: Release) -> None:
        """Wait for the keepers.

        Raises:
            JobFailed: a keeper cannot load a model, or none answered in time.
            Cancelled: somebody has cancelled the job.
        """
        deadline = time.monotonic() + LOAD_S
        while True:
            rule = await self._releases.in_force()
            if rule and rule.epoch >= wished.epoch:
                return
            for bot in (await self._releases.bots()).values():
                failed = [one["words"] for name, one in bot["models"].items() if name in wished.models and one["state"] == "failed"]
                if failed and bot["epoch"] == wished.epoch:
                    raise JobFailed(f"模型装不进去，现用的模型照常服务：{failed[0]}")
            if time.monotonic() > deadline:
                raise JobFailed("等了四分钟，没有机器人进程装好这个模型；现用的模型照常服务")
            if not await self._jobs.seen(job.id):
                raise Cancelled
            await asyncio.sleep(0.5)
