"""English answers, hand-overs of other languages, and both in the middle of a form."""

from __future__ import annotations

import json
from pathlib import Path
from uuid import uuid4

import psycopg2
import pytest

from actions.client import backend as client
from store.message import Message
from tests.actions.conftest import BackendProcess
from tests.actions.person import Person
from tests.actions.talk import Talk, TurnProcessor
from weijing.emergency_english import CARDS
from weijing.law_texts import load_law_texts

TIBETAN = "བོད་ཡིག་ཤེས་ཀྱི་ཡོད་དམ"


async def test_a_question_gets_the_card_with_basis_and_hotline(talk: Talk) -> None:
    bubbles = await talk.bubbles("How do I extend my visa?", "foreign_language")
    text = bubbles[0]["text"]
    assert text.startswith("[Visa extension]") and "art. 29 (checked " in text and "12367" in text and "at least 7 days before" in text
    assert bubbles[0]["buttons"] == [{"title": "Talk to a person", "payload": "转人工"}]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("What are the opening hours?", "09:00–12:00, 14:30–17:30"), ("Where is the police station", "location"), ("hotline", "12367"),
        ("Can you recommend a good restaurant?", "exit-entry matters only"), ("English help", "In danger?"),
        ("Do you speak English", "Please ask in a few words"),
    ],
)  # fmt: skip
async def test_other_english_is_told_what_can_be_done(talk: Talk, words: str, told: str) -> None:
    assert told in await talk.say(words, "foreign_language") and not talk.tracker.is_paused()


async def test_a_person_asked_for_in_english(talk: Talk) -> None:
    reply = await talk.say("I want to talk to a person", "foreign_language")
    assert "passing you to a person" in reply and talk.tracker.is_paused() and talk.slot("handoff_reason") == "language"


async def test_a_question_in_chinese_about_languages(talk: Talk) -> None:
    bubbles = await talk.bubbles("能用藏语问吗", "foreign_language")
    assert "安排翻译" in bubbles[0]["text"] and bubbles[0]["buttons"][0]["payload"] == "转人工" and not talk.tracker.is_paused()


@pytest.mark.parametrize(("words", "named"), [(TIBETAN, "藏文"), ("پاسپورتىم يوقاپ كەتتى", "维吾尔文"), ("여권을 잃어버렸어요", "朝鲜文")])
async def test_another_script_goes_to_a_person_who_sees_which(talk: Talk, words: str, named: str) -> None:
    reply = await talk.say(words, "foreign_language")
    assert named in reply and "只看得懂中文" in reply and "110" in reply and "12110" in reply
    assert talk.tracker.is_paused() and talk.slot("handoff_reason") == "language" and named in talk.slot("language")


def test_the_right_to_an_interpreter_stands_in_the_law(shared: Path) -> None:
    assert "应当配备翻译人员" in load_law_texts(shared).text("治安管理处罚法", "第一百零一条")


async def test_in_a_form_english_is_answered_and_another_script_ends_it(talk: Talk) -> None:
    await talk.say("查进度", "query_progress")
    reply = await talk.say("What do I need for a residence permit?", "foreign_language")
    assert reply.startswith("[Residence permit]") and "请发来编号" in reply and talk.form == "progress_form"
    await talk.say(TIBETAN, "foreign_language")
    assert talk.form is None and talk.tracker.is_paused()


async def test_a_story_told_in_english_is_an_answer_and_one_nobody_reads_is_not(talk: Talk) -> None:
    for words, intent in (("我要举报", "file_report"), ("举报", "file_report"), ("其他", "")):
        await talk.say(words, intent)
    await talk.say("A man at my hotel sells drugs to the guests", "foreign_language")
    assert talk.slot("report_content") == "A man at my hotel sells drugs to the guests"
    await talk.say(TIBETAN, "foreign_language")
    assert talk.tracker.is_paused()


async def test_a_changed_item_is_not_answered_from_an_old_card(talk: Talk, database_url: str) -> None:
    with psycopg2.connect(database_url) as connection, connection.cursor() as cursor:
        cursor.execute("UPDATE backend.service_items SET active = false WHERE id = 'visa_extension'")
    try:
        client()._cache.clear()
        assert "12367" in (reply := await talk.say("visa extension", "foreign_language")) and "being checked" in reply
    finally:
        with psycopg2.connect(database_url) as connection, connection.cursor() as cursor:
            cursor.execute("UPDATE backend.service_items SET active = true WHERE id = 'visa_extension'")
        client()._cache.clear()


async def test_without_the_backend_it_says_so_in_english(talk: Talk, backend: BackendProcess) -> None:
    backend.kill()
    client()._cache.clear()
    assert "I cannot reach our records now" in await talk.say("visa extension", "foreign_language")


async def test_through_the_whole_bot(whole: TurnProcessor, backend: BackendProcess) -> None:
    for words in ("How can I register my accommodation?", "Where do I register with the police?"):
        person = Person(whole)
        assert (await person.say(words)).startswith("[Accommodation registration]") and person.turns == 1
    assert "只看得懂中文" in await Person(whole).say(TIBETAN)
    assert "Ask me in English" in await Person(whole).say("hello")
    danger = Person(whole)
    said = await danger.say("help! a man is following me")
    assert said.startswith(CARDS["followed"]) and "officer on duty" in said and danger.user.tracker.get_slot("handoff_reason") == "emergency"


async def test_the_event_tells_staff_the_reason(whole: TurnProcessor, backend: BackendProcess) -> None:
    commit = await Person(whole).turn(TIBETAN)
    event = json.loads(commit.events[0])
    assert (event["handoff"]["reason"], event["handoff"]["urgency"]) == ("language", "normal") and event["intent"] == "foreign_language"


@pytest.mark.parametrize("text", ["😀😀😀", "[微笑]", "？？？", "ヾ(≧▽≦*)o", "嘟噜嘟噜噗", "asdfghjkl"])
async def test_what_is_no_language_gets_the_kind_fallback(whole: TurnProcessor, backend: BackendProcess, text: str) -> None:
    person = Person(whole)
    said = await person.say(text)
    assert said and not person.user.tracker.is_paused() and ("没听懂" in said or "您是想问" in said or "帮不上忙" in said or "我在呢" in said), said


async def test_traditional_characters_are_read(whole: TurnProcessor, backend: BackendProcess) -> None:
    assert "【身份证丢失补领】" in await Person(whole).say("身份證丟了怎麼補辦要帶什麼")


async def test_a_sticker_is_taken_kindly(talk: Talk) -> None:
    assert "我" in await talk.take(Message(uuid4().hex, "", kind="unknown"))
