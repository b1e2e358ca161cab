"""Our bare turn: what a worker does between reading a message and its commit. Imported after `bot.lean.install()`."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from cryptography.fernet import Fernet

from bench.bare import talk
from bot.action_endpoint import InProcessActions
from bot.live import LiveUser, LiveUsers
from bot.processor import load_processor
from bot.quiet import quiet_rasa
from bot.turn import TurnRunner, TurnSettings
from store.commits import UserState
from store.message import Message


class BareWeijing:
    """Turns on live users; what the store would hold is kept here, so that a shortened window is restored as a worker restores it.

    Args:
        model: a model file, or the folder whose newest model is used.
    """

    def __init__(self, model: Path) -> None:
        quiet_rasa()
        self._runner = TurnRunner(load_processor(model, InProcessActions()), TurnSettings(Fernet(Fernet.generate_key())))
        self._live = LiveUsers()
        self._stored: dict[str, UserState] = {}
        self._number = 0

    async def advance(self, user: str, said: int, wanted: int) -> None:
        """Talk."""
        await talk(self, user, said + 1, wanted)

    async def turn(self, user: str, text: str) -> None:
        """One message of a user."""
        self._number += 1
        stored = self._stored.get(user, UserState())
        live = self._live.get(user) or self._live.restore(user, self._runner.domain, stored)
        commit = await self._runner.run(Message(f"key-{self._number}", user, text=text), "1-1", live)
        window = (*stored.events, *commit.tracker)[commit.trim :]
        header = tuple(commit.header) if commit.trim else stored.header
        self._stored[user] = replace(stored, length=stored.length + len(commit.tracker), header=header, events=window, vault={**stored.vault, **commit.vault})
        self._keep(user, live, trimmed=bool(commit.trim))

    def _keep(self, user: str, live: LiveUser, *, trimmed: bool) -> None:
        live.length, live.vault = self._stored[user].length, self._stored[user].vault
        if trimmed:
            self._live.drop(user)
        else:
            self._live.keep(user, live)
