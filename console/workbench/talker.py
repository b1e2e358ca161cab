"""A model that somebody tries out: `weijing talk` as a child process, kept while it is used. The console itself never loads a model."""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys
import time
from pathlib import Path
from typing import Any

from weijing.refusals import DeskRefused
from weijing.settings import ROOT, child_environment

ANSWER_S = 120.0
"""Loading a model on a busy machine takes a minute."""
IDLE_S = 300.0
"""A child takes some 200 MB; it is ended when nobody asks."""
AWAY = ("模型没有回答", "线上服务不受影响。请过一分钟再试；还不行，请换一个模型。")


class Talker:
    """The child and whoever asks it, one after the other; another model means another child."""

    def __init__(self) -> None:
        self._child: asyncio.subprocess.Process | None = None
        self._model: Path | None = None
        self._used = 0.0
        self._lock = asyncio.Lock()

    async def say(self, model: Path, text: str, talk: str) -> dict[str, Any]:
        """As `weijing talk` answers.

        Raises:
            DeskRefused: 503, the model does not answer.
        """
        async with self._lock:
            try:
                return await asyncio.wait_for(self._ask(model, text, talk), ANSWER_S)
            except (OSError, ValueError, asyncio.TimeoutError) as error:
                await self.end()
                raise DeskRefused(*AWAY, 503) from error

    async def watch(self) -> None:
        """End a child that nobody asks, for ever."""
        while True:
            await asyncio.sleep(IDLE_S / 10)
            if self._child and time.monotonic() - self._used > IDLE_S and not self._lock.locked():
                await self.end()

    async def end(self) -> None:
        """End the child, if there is one."""
        if self._child and self._child.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                self._child.kill()
            await self._child.wait()
        self._child = None

    async def _ask(self, model: Path, text: str, talk: str) -> dict[str, Any]:
        if self._child is None or self._child.returncode is not None or model != self._model:
            await self.end()
            await self._start(model)
        assert self._child and self._child.stdin and self._child.stdout
        self._used = time.monotonic()
        self._child.stdin.write(json.dumps({"text": text, "talk": talk}, ensure_ascii=False).encode() + b"\n")
        await self._child.stdin.drain()
        answer: dict[str, Any] = json.loads(await self._child.stdout.readline())
        return answer

    async def _start(self, model: Path) -> None:
        pipe, nothing = asyncio.subprocess.PIPE, asyncio.subprocess.DEVNULL
        self._child = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "weijing", "talk", "--model", str(model), stdin=pipe, stdout=pipe, stderr=nothing, cwd=ROOT,
            env=child_environment(LOG_LEVEL="ERROR"), limit=1 << 22,
        )  # fmt: skip
        self._model = model
