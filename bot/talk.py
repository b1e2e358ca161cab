"""`weijing talk`: a conversation with a model beside its trace, for trying a model out; nothing is stored, and the bureau's systems are read, never written.

Reads a JSON object a line (`text`, and `talk` to tell conversations apart) and prints one a line, in order.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
from pathlib import Path
from typing import Any
from uuid import uuid4

from cryptography.fernet import Fernet

from bot import lean, patches
from weijing.settings import load_settings

SHOWN = 40
"""Slots and events of a trace, at most."""


def main(argv: list[str]) -> int:
    """Talk until standard input ends."""
    options = argparse.ArgumentParser("weijing talk", description=__doc__)
    options.add_argument("--model", type=Path, help="a model file or a folder of models (default: BOT_MODEL)")
    chosen = options.parse_args(argv)
    os.environ.setdefault("BACKEND_READ_ONLY", "true")
    asyncio.run(_talk(chosen.model or load_settings().bot_model))
    return 0


async def _talk(model: Path) -> None:
    from bot.quiet import quiet_rasa

    quiet_rasa()
    lean.install()
    patches.apply()
    talks = Talks(model)
    while line := await asyncio.to_thread(sys.stdin.readline):
        asked = json.loads(line)
        print(json.dumps(await talks.say(str(asked["text"]), str(asked.get("talk", ""))), ensure_ascii=False), flush=True)


class Talks:
    """Conversations in memory on one model."""

    def __init__(self, model: Path) -> None:
        from bot.action_endpoint import InProcessActions
        from bot.processor import load_processor
        from bot.turn import TurnRunner, TurnSettings

        self._turns = TurnRunner(load_processor(model, InProcessActions()), TurnSettings(Fernet(Fernet.generate_key())))
        self._users: dict[str, Any] = {}

    async def say(self, text: str, talk: str) -> dict[str, Any]:
        """What the bot answers, and why: `bubbles intent confidence decision candidates slots form actions model ms`."""
        from rasa.shared.core.trackers import DialogueStateTracker

        from bot.live import LiveUser
        from store.message import Message

        openid = f"try-{talk}"
        user = self._users.setdefault(talk, LiveUser(DialogueStateTracker(openid, self._turns.domain.slots), 0, 0, {}))
        before = len(user.tracker.events)
        commit = await self._turns.run(Message(key=f"try-{uuid4().hex}", openid=openid, text=text), "0-0", user)
        user.length += len(commit.tracker)
        user.vault.update(commit.vault)
        event = json.loads(commit.events[0])
        told = {name: event[name] for name in ("intent", "confidence", "decision", "candidates", "service_item", "aspect", "ms", "text")}
        return {"bubbles": commit.bubbles, **told, "model": event["model"], **_trace(user.tracker, before)}


def _trace(tracker: Any, before: int) -> dict[str, Any]:
    from rasa.shared.core.events import ActionExecuted

    actions = [event.action_name for event in list(tracker.events)[before:] if isinstance(event, ActionExecuted)]
    slots = {name: slot.value for name, slot in tracker.slots.items() if slot.value not in (None, slot.initial_value)}
    return {"actions": actions, "form": tracker.active_loop_name, "slots": dict(list(slots.items())[:SHOWN])}
