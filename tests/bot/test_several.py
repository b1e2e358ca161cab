"""Several questions in one message, split into parts: without a model where the cut is looked at, with the trained one where it is understood."""

from __future__ import annotations

import pytest
from rasa.core.channels.channel import UserMessage
from rasa.shared.core.events import ActiveLoop, ConversationPaused, Event
from rasa.shared.core.trackers import DialogueStateTracker

from bot.processor import TurnProcessor
from bot.several import parts, several


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        ("身份证丢了怎么补，多少钱，还有护照过期了怎么办", ["身份证丢了怎么补", "多少钱", "护照过期了怎么办"]),
        ("查一下A2026-000101，顺便问居住证要什么材料", ["查一下A2026-000101", "居住证要什么材料"]),
        ("我护照丢了，怎么补办？另外请问身份证多少钱", ["我护照丢了，怎么补办", "身份证多少钱"]),
        ("护照怎么办还有港澳通行证多少钱，谢谢", ["护照怎么办", "港澳通行证多少钱，谢谢"]),
        ("身份证丢了，怎么补办", []), ("身份证过期还有什么办法换", []), ("昨晚电瓶车被偷了，车牌〔车牌#1a2b3c4d〕", []), ("", []), ("，，。", []),
    ],
)  # fmt: skip
def test_a_message_is_cut_where_something_is_asked(text: str, cut: list[str]) -> None:
    assert parts(text) == cut


async def split(processor: TurnProcessor, text: str, *events: Event) -> list[str]:
    """The intents of the parts."""
    tracker = DialogueStateTracker.from_events("o", list(events), processor.domain.slots)
    return [message.parse_data["intent"]["name"] for message in await several(processor, UserMessage(text, message_id="m1"), tracker)]


@pytest.mark.parametrize(
    ("text", "intents"),
    [
        ("身份证丢了怎么补，多少钱，还有护照过期了怎么办", ["ask_guide"] * 3),
        ("查一下A2026-000101，顺便问居住证要什么材料", ["query_progress", "ask_guide"]),
        ("附近的派出所在哪，身份证补办多少钱", ["find_office", "ask_guide"]),
        ("身份证丢了怎么补，多少钱，多久能拿到，在哪办，护照怎么办", ["ask_guide"] * 4),
        ("我老婆要和我离婚，孩子户口在她那边，怎么迁过来，她不同意怎么办", []),
        ("我要投诉楼下烧烤店，油烟太大怎么办，找谁都没有用怎么处理", []),
        ("身份证怎么补办，有人拿刀追我怎么办", []),
        ("转人工，身份证补办多少钱", []),
    ],
)  # fmt: skip
async def test_it_is_split_only_where_every_part_is_sure(processor: TurnProcessor, text: str, intents: list[str]) -> None:
    assert await split(processor, text) == intents


async def test_neither_a_form_nor_a_pause_nor_a_story_is_split(processor: TurnProcessor) -> None:
    text = "身份证丢了怎么补，多少钱"
    assert await split(processor, text) == ["ask_guide"] * 2
    assert await split(processor, text, ActiveLoop("report_form")) == []
    assert await split(processor, text, ConversationPaused()) == []
    assert await split(processor, f"{text}{'，我真的很着急' * 12}") == []
