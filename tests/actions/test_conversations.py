"""The stories of `tests/conversations`, as `rasa test core --stories tests/conversations --e2e` runs them."""

from __future__ import annotations

from pathlib import Path

import pytest
from rasa.core.agent import Agent
from rasa.core.test import test as run_stories

from weijing.settings import ROOT

FILES = sorted((ROOT / "tests" / "conversations").glob("test_*.yml"))


@pytest.mark.parametrize("file", FILES, ids=[file.stem for file in FILES])
async def test_every_story_goes_as_written(agent: Agent, file: Path) -> None:
    result = await run_stories(str(file), agent, e2e=True, disable_plotting=True, fail_on_prediction_errors=True)
    assert result["accuracy"] == 1.0 and result["actions"]
