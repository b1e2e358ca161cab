"""The conversation tests (`tests/conversations`) played by a model with our actions, as Rasa's own `test core --e2e` plays them."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot import lean, patches


@dataclass(frozen=True)
class Story:
    """One conversation test: its name, its file, and whether every message was understood and every action followed as written."""

    name: str
    file: str
    passed: bool


async def play_stories(model: Path, files: Sequence[Path]) -> list[Story]:
    """Every story of the files."""
    if not files:
        return []
    lean.install()
    patches.apply()
    from rasa.core.agent import Agent

    from bot.action_endpoint import InProcessActions
    from weijing.model_file import newest_model

    agent = await asyncio.to_thread(Agent.load, str(newest_model(model)), action_endpoint=InProcessActions())
    return [story for file in files for story in await _play(agent, file)]


async def _play(agent: Any, file: Path) -> list[Story]:
    from rasa.core.test import _create_data_generator, _predict_tracker_actions

    trackers = _create_data_generator(str(file), agent, use_conversation_test_files=True).generate_story_trackers()
    return [Story(tracker.sender_id, file.name, not await _differs(_predict_tracker_actions(tracker, agent, use_e2e=True))) for tracker in trackers]


async def _differs(playing: Any) -> bool:
    results, *_ = await playing
    return bool(results.check_prediction_target_mismatch())
