"""The user's own menu: counted, kept, taken away, greeted with."""

from __future__ import annotations

from uuid import uuid4

from actions import client
from actions.used import COUNTED
from backend.demo import DEMO
from tests.actions.conftest import BackendProcess
from tests.actions.talk import Talk


async def titles(talk: Talk, words: str = "我的菜单", intent: str = "show_menu") -> list[str]:
    bubbles = await talk.bubbles(words, intent)
    assert len(bubbles) == 1
    return [button["title"] for button in bubbles[0].get("buttons", [])]


async def test_an_empty_menu_offers_where_to_begin(talk: Talk) -> None:
    assert "查办件进度" in await titles(talk)


async def test_what_is_used_most_comes_first_and_forms_count_once(talk: Talk) -> None:
    await talk.say("身份证丢了", "ask_guide", service_item="id_card_replacement")
    await talk.say("要多少钱", "ask_guide", aspect="fee")
    await talk.say("查进度", "query_progress")
    await talk.say("退出", "cancel")
    assert talk.slot("menu_used")["item:id_card_replacement"] > talk.slot("menu_used")["query_progress"] == 1.0
    assert await titles(talk) == ["身份证丢失补领", "查办件进度"]


async def test_put_there_by_name_shown_first_and_taken_away(talk: Talk) -> None:
    await talk.say("查进度", "query_progress")
    await talk.say("退出", "cancel")
    assert "居住证签注" in await talk.say("把居住证签注加到我的菜单", "show_menu", service_item="residence_permit_endorse")
    assert await titles(talk) == ["居住证签注", "查办件进度"]
    assert "删掉“查办件进度”" in await talk.say("从我的菜单删掉查进度", "show_menu")
    assert await titles(talk) == ["居住证签注"]


async def test_this_one_is_the_item_last_spoken_of(talk: Talk) -> None:
    await talk.say("身份证丢了", "ask_guide", service_item="id_card_replacement")
    assert "身份证丢失补领" in await talk.say("把这个加到我的菜单", "show_menu")
    assert talk.slot("menu_kept") == ["item:id_card_replacement"]


async def test_what_is_not_known_is_asked_back(talk: Talk) -> None:
    assert "没认出是哪一项" in await talk.say("把飞碟加到我的菜单", "show_menu")
    assert talk.slot("menu_kept") is None


async def test_only_some_are_counted_and_old_ones_fade(talk: Talk) -> None:
    items = [item["id"] for item in await client.backend().service_items()][: COUNTED + 3]
    for item in items:
        await talk.say("这个怎么办", "ask_guide", service_item=item)
    used = talk.slot("menu_used")
    assert len(used) == COUNTED and next(iter(used)) == f"item:{items[-1]}" and f"item:{items[0]}" not in used


async def test_a_greeting_shows_it_once_there_is_one(talk: Talk) -> None:
    assert "查办件进度" in await titles(talk, "你好", "greet") and "我是微警。办证" in await talk.say("你好", "greet")
    for item in ("id_card_replacement", "passport_first", "residence_permit_endorse"):
        await talk.say("怎么办", "ask_guide", service_item=item)
    shown = await titles(talk, "你好", "greet")
    assert {"身份证丢失补领", "护照首次申请", "居住证签注"} < set(shown) and shown[-1] == "转人工"


async def test_open_matters_of_who_is_bound_come_first(talk: Talk) -> None:
    who = DEMO[0]
    person = {"name": who.applicant, "id_number": who.proofs["id_number"], "phone": who.proofs["phone"]}
    await client.backend().bind_identity({"openid": talk.tracker.sender_id, **person}, uuid4().hex)
    await talk.say("怎么办", "ask_guide", service_item="id_card_replacement")
    bubbles = await talk.bubbles("我的菜单", "show_menu")
    payloads = [button["payload"] for button in bubbles[0]["buttons"]]
    assert payloads[0].startswith("查") and payloads[-1] == "身份证丢失补领" and len(payloads) <= 6


async def test_without_the_backend_topics_are_left(talk: Talk, backend: BackendProcess) -> None:
    await talk.say("怎么办", "ask_guide", service_item="id_card_replacement")
    await talk.say("帮我看看孩子的名字", "check_name")
    backend.kill()
    client.backend()._cache.clear()
    assert await titles(talk) == ["帮我看看孩子的名字"]


async def test_in_a_form_it_is_an_aside(talk: Talk) -> None:
    await talk.say("查进度", "query_progress")
    reply = await talk.say("我的菜单", "show_menu")
    assert "菜单" in reply and "请发来编号" in reply and talk.form == "progress_form"
