"""Service items: aspect, memory, buttons, switched-off and unknown items, and a backend that is away."""

from __future__ import annotations

import time

import psycopg2
from rasa.shared.core.events import SlotSet

from actions.client import backend as client
from actions.phrases import ASPECT_QUESTIONS, INTENTS, LONGEST, aspect_buttons
from tests.actions.conftest import BackendProcess
from tests.actions.talk import Talk
from weijing.service_item import ASPECTS
from weijing.service_items import load_service_items
from weijing.settings import load_settings


async def test_an_aspect_is_answered_with_its_basis_and_date(talk: Talk) -> None:
    reply = await talk.say("身份证丢了补办要多少钱", "ask_guide", service_item="id_card_replacement", aspect="fee")
    assert reply.startswith("【身份证丢失补领】费用") and "40元" in reply and "依据：《居民身份证法》第二十一条" in reply and "核对）" in reply


async def test_the_answer_ends_with_a_link_to_its_page(talk: Talk) -> None:
    bubbles = await talk.bubbles("身份证丢了", "ask_guide", service_item="id_card_replacement")
    assert len(bubbles) == 1 and bubbles[0]["text"].splitlines()[-1].startswith(f'<a href="{load_settings().public_base}/h5/items/id_card_replacement">')


async def test_the_item_is_remembered_for_an_hour(talk: Talk) -> None:
    await talk.say("身份证丢了", "ask_guide", service_item="id_card_replacement")
    assert "【身份证丢失补领】费用" in await talk.say("要多少钱", "ask_guide", aspect="fee")
    talk.tracker.update(SlotSet("service_item_at", time.time() - 3700))
    assert "您想问哪一项业务" in await talk.say("要多少钱", "ask_guide", aspect="fee")


async def test_an_aspect_without_an_item_waits_for_the_item(talk: Talk) -> None:
    bubbles = await talk.bubbles("要带什么材料", "ask_guide", aspect="materials")
    assert "您想问哪一项" in bubbles[0]["text"] and bubbles[0]["buttons"][0] == {"title": "身份证丢失补领", "payload": "身份证丢失补领"}
    assert "【身份证丢失补领】材料" in await talk.say("身份证丢失补领", "ask_guide", service_item="id_card_replacement")
    assert "【居住证申领】简介" in await talk.say("居住证", "ask_guide", service_item="residence_permit_apply")


async def test_an_unknown_item_is_asked_back(talk: Talk) -> None:
    assert "您想问哪一项" in await talk.say("某某证", "ask_guide", service_item="no_such_item")


async def test_buttons_ask_other_aspects_in_words(talk: Talk) -> None:
    bubbles = await talk.bubbles("身份证丢了", "ask_guide", service_item="id_card_replacement")
    assert {"title": "费用", "payload": "身份证丢失补领要多少钱"} in bubbles[-1]["buttons"] and len(bubbles[-1]["buttons"]) <= 3


def test_every_button_of_every_item_fits_wechat() -> None:
    for item in load_service_items():
        for aspect in ASPECTS:
            for button in aspect_buttons(item.as_dict(), aspect, most=9):
                assert len(button["payload"]) <= LONGEST and not button["payload"].startswith("/"), (item.id, button)
    assert all(len(words) <= LONGEST for words in INTENTS.values()) and set(ASPECT_QUESTIONS) <= set(ASPECTS)


async def test_an_item_switched_off_is_not_answered(talk: Talk, database_url: str) -> None:
    with psycopg2.connect(database_url) as connection, connection.cursor() as cursor:
        cursor.execute("UPDATE backend.service_items SET active = false WHERE id = 'id_card_temporary'")
    try:
        client()._cache.clear()
        bubbles = await talk.bubbles("临时身份证怎么办", "ask_guide", service_item="id_card_temporary")
        assert "暂时不能答复" in bubbles[0]["text"] and bubbles[0]["buttons"][0]["payload"] == "转人工"
        assert talk.slot("service_item") is None
    finally:
        with psycopg2.connect(database_url) as connection, connection.cursor() as cursor:
            cursor.execute("UPDATE backend.service_items SET active = true WHERE id = 'id_card_temporary'")


async def test_answers_come_from_memory_for_a_while_and_then_say_later(talk: Talk, backend: BackendProcess) -> None:
    await talk.say("身份证丢了", "ask_guide", service_item="id_card_replacement")
    backend.kill()
    assert "【身份证丢失补领】费用" in await talk.say("多少钱", "ask_guide", aspect="fee")
    reply = await talk.say("居住证要什么材料", "ask_guide", service_item="residence_permit_apply", aspect="materials")
    assert "办事资料这会儿查不到" in reply and talk.slot("service_item") == "id_card_replacement"
