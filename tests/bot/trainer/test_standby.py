"""The child that waits for a training."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from bot.trainer import standby
from tests.bot.test_train_graph import project  # noqa: F401  a fixture
from weijing.model_file import model_id


async def test_it_waits_trains_and_is_gone(project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: F811
    monkeypatch.setattr(standby, "_LOOK_S", 0.05)
    monkeypatch.setattr(standby, "REST_S", 0.0)
    spare, said = standby.Standby(), list[str]()
    keeping = asyncio.create_task(spare.keep())
    while not spare.waits:  # noqa: ASYNC110  nobody is told when a child waits
        await asyncio.sleep(0.05)
    monkeypatch.setattr(standby, "REST_S", 1e9)

    async def say(line: str) -> bool:
        said.append(line)
        return True

    ended = await spare.train(say, "--project", str(project), "--out", str(tmp_path / "models"), "--commit", "c0ffee")
    assert ended.code == 0 and model_id(Path(ended.last)) and "  IndexedRulePolicy" in said, said
    assert not spare.waits
    keeping.cancel()
