"""Danger now: the card, an urgent handoff."""

from __future__ import annotations

from tests.actions.talk import Talk
from weijing.emergency import CARD_TEXT, CARDS


async def test_the_card_fits_the_danger(talk: Talk) -> None:
    bubbles = await talk.bubbles("我老公在打我救命", "emergency", decision="emergency")
    assert bubbles[0]["text"] == CARDS["violence"] and "先打 110" in bubbles[1]["text"]
    assert talk.tracker.is_paused() and talk.slot("handoff_reason") == "emergency"


async def test_what_only_the_classifier_saw_gets_the_general_card(talk: Talk) -> None:
    assert (await talk.bubbles("出事了你们快点", "emergency", decision="emergency"))[0]["text"] == CARD_TEXT
