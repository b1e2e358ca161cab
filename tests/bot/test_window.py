"""The windowed tracker, the plain runner and the indexed rules answer exactly as stock Rasa does, over a thousand random turns."""

from __future__ import annotations

import random
from typing import Any

import pytest

from bot import lean

lean.install()

from rasa.core.agent import Agent  # noqa: E402  the lean import must come first
from rasa.core.channels.channel import CollectingOutputChannel, UserMessage  # noqa: E402
from rasa.shared.core.events import ConversationPaused  # noqa: E402
from rasa.shared.core.trackers import DialogueStateTracker  # noqa: E402

from bot.action_endpoint import InProcessActions  # noqa: E402
from bot.processor import TurnProcessor, load_processor  # noqa: E402
from bot.window import CUT_AT, dump, plan_cut, restore  # noqa: E402
from tests.bot.small_model import train_small  # noqa: E402

CONVERSATIONS, TURNS = 10, 51


@pytest.fixture(scope="module")
def stock(tmp_path_factory: pytest.TempPathFactory) -> Agent:
    return Agent.load(str(train_small(tmp_path_factory.mktemp("stock"), "RulePolicy")))


@pytest.fixture(scope="module")
def ours(tmp_path_factory: pytest.TempPathFactory) -> TurnProcessor:
    return load_processor(train_small(tmp_path_factory.mktemp("ours"), "bot.policies.IndexedRulePolicy"), InProcessActions())


def message(random_: random.Random, number: int) -> dict[str, Any]:
    """A random turn: mostly sensible inside a form, with digressions, cancellations and resets."""
    intent = random_.choices(
        ["greet", "ask_guide", "file_report", "affirm", "deny", "cancel", "inform", "restart_talk", "thank"], [2, 4, 4, 5, 2, 1.5, 8, 0.4, 2]
    )[0]
    entities = [{"entity": "item", "value": f"事项{number}"}] if intent == "ask_guide" and random_.random() < 0.5 else []
    if random_.random() < 0.15:
        entities.append({"entity": "place", "value": f"路{number}"})
    return {"text": f"第{number}句", "intent": {"name": intent, "confidence": 1.0}, "entities": entities}


def view(tracker: DialogueStateTracker) -> tuple[dict[str, Any], str | None]:
    slots = {name: value for name, value in tracker.current_slot_values().items() if name != "session_started_metadata"}
    return slots, tracker.active_loop_name


@pytest.mark.parametrize("stays_live", [0.0, 0.8])
async def test_random_conversations_are_answered_as_stock_rasa_answers_them(stays_live: float, stock: Agent, ours: TurnProcessor) -> None:
    wrong: list[str] = []
    cuts = 0
    for conversation in range(CONVERSATIONS):
        random_ = random.Random(conversation)
        openid = f"user{conversation}-{stays_live}"
        header: list[str] = []
        window: list[str] = []
        tracker = restore(openid, ours.domain, header, window)
        for number in range(TURNS):
            parse = message(random_, number)
            text = parse["text"]
            expected = await stock.handle_message(UserMessage(text, CollectingOutputChannel(), openid, parse_data=parse))
            if random_.random() >= stays_live:
                tracker = restore(openid, ours.domain, header, window)
            before = len(tracker.events)
            answer = await ours.turn(tracker, UserMessage(text, sender_id=openid, parse_data=parse))
            window += dump(list(tracker.events)[before:])
            cut = plan_cut(tracker, ours.domain, len(header))
            if cut:
                cuts += 1
                header, window = cut.header, window[cut.count :]
                tracker = restore(openid, ours.domain, header, window)
            full = await stock.tracker_store.retrieve(openid)
            if [said["text"] for said in expected or []] != [said["text"] for said in answer] or view(full) != view(tracker):
                wrong.append(f"{conversation}/{number} {parse['intent']['name']}: stock {expected} ours {answer}")
        assert len(window) < CUT_AT * 3, "the window stays short"
    assert cuts >= 15, f"only {cuts} cuts: the comparison would prove little"
    assert not wrong, f"{len(wrong)} turns differ: {wrong[:3]}"


async def test_a_turn_answers_the_same_from_a_live_and_from_a_restored_tracker(ours: TurnProcessor) -> None:
    live = restore("u", ours.domain, [], [])
    stored: list[str] = []
    random_ = random.Random(99)
    for number in range(40):
        parse = message(random_, number)
        before = len(live.events)
        fresh = restore("u", ours.domain, [], stored)
        said = await ours.turn(live, UserMessage("x", sender_id="u", parse_data=parse))
        again = await ours.turn(fresh, UserMessage("x", sender_id="u", parse_data=parse))
        assert said == again and view(live) == view(fresh)
        stored += dump(list(live.events)[before:])


async def test_a_paused_conversation_is_cut_too_and_stays_paused(ours: TurnProcessor) -> None:
    tracker = restore("u", ours.domain, [], [])
    parse = {"text": "x", "intent": {"name": "thank", "confidence": 1.0}, "entities": []}
    await ours.turn(tracker, UserMessage("x", sender_id="u", parse_data=parse))
    tracker.update(ConversationPaused())
    window, header, cuts = dump(tracker.events), [], 0
    for _ in range(400):
        tracker = restore("u", ours.domain, header, window)
        before = len(tracker.events)
        assert await ours.turn(tracker, UserMessage("x", sender_id="u", parse_data=parse)) == []
        window += dump(list(tracker.events)[before:])
        cut = plan_cut(tracker, ours.domain, len(header))
        if cut:
            cuts, header, window = cuts + 1, cut.header, window[cut.count :]
    assert cuts >= 3 and len(window) < CUT_AT + 20
    assert restore("u", ours.domain, header, window).is_paused()
