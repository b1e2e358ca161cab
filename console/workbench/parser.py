"""What a model makes of a message: `weijing parse --jsonl --explain`, a child process that is kept while it is used. The console never loads a model."""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys
import time
from pathlib import Path
from typing import Any

from weijing.errors import SettingsError
from weijing.model_file import find_model, newest_model
from weijing.refusals import DeskRefused
from weijing.settings import ROOT, child_environment
from weijing.tasks import end

ANSWER_S = 90.0
"""Loading a model on a busy machine takes half a minute."""
IDLE_S = 300.0
"""A child takes some 200 MB; it is ended when nobody asks."""
LONGEST = 2000
AWAY = ("模型没有回答", "语料不受影响。请过一分钟再试；还不行，请看「模型」页是否有可用的模型。")


class Parser:
    """The child and whoever asks it, one after the other.

    Args:
        models: a model file or a folder of them (BOT_MODEL).
    """

    def __init__(self, models: Path) -> None:
        self._models = models
        self._child: asyncio.subprocess.Process | None = None
        self._loaded: Path | None = None
        self._used = 0.0
        self._lock = asyncio.Lock()
        self._watch: asyncio.Task[None] | None = None

    async def parse(self, text: str, released: str) -> dict[str, Any]:
        """As `weijing parse --explain` tells it.

        Args:
            released: file name of the model that is asked; empty while none was ever released, for the newest. Another one means a new child.

        Raises:
            DeskRefused: 503, there is no model or it does not answer.
        """
        async with self._lock:
            try:
                return await asyncio.wait_for(self._ask(text[:LONGEST], released), ANSWER_S)
            except (OSError, ValueError, SettingsError, asyncio.TimeoutError) as error:
                await self._end()
                raise DeskRefused(*AWAY, 503) from error

    async def _ask(self, text: str, released: str) -> dict[str, Any]:
        model = find_model(self._models, released) if released else newest_model(self._models)
        if self._child is None or self._child.returncode is not None or model != self._loaded:
            await self._end()
            await self._start(model)
        assert self._child and self._child.stdin and self._child.stdout
        self._used = time.monotonic()
        self._child.stdin.write(json.dumps({"text": text}, ensure_ascii=False).encode() + b"\n")
        await self._child.stdin.drain()
        answer: dict[str, Any] = json.loads(await self._child.stdout.readline())
        return answer

    async def _start(self, model: Path) -> None:
        words = (sys.executable, "-m", "weijing", "parse", "--jsonl", "--explain", "--model", str(model))
        pipe, nothing = asyncio.subprocess.PIPE, asyncio.subprocess.DEVNULL
        self._child = await asyncio.create_subprocess_exec(
            *words, stdin=pipe, stdout=pipe, stderr=nothing, cwd=ROOT, env=child_environment(LOG_LEVEL="ERROR"), limit=1 << 20
        )
        self._loaded = model
        self._watch = self._watch or asyncio.create_task(self._end_when_idle())

    async def _end_when_idle(self) -> None:
        while True:
            await asyncio.sleep(IDLE_S / 10)
            async with self._lock:
                if time.monotonic() - self._used > IDLE_S:
                    await self._end()

    async def _end(self) -> None:
        child, self._child = self._child, None
        if child and child.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                child.kill()
            await child.wait()

    async def close(self) -> None:
        """End the child."""
        if self._watch:
            await end(self._watch)
        await self._end()
