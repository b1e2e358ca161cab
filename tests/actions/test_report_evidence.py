"""Files in and around a report: counted, claimed with the turn, added to the report just filed; locations and voices that fill fields."""

from __future__ import annotations

import json
import re
import time
from uuid import uuid4

from rasa.shared.core.events import SlotSet

from store.evidence import evidence_id
from store.message import Message
from tests.actions.conftest import BackendProcess
from tests.actions.talk import Talk

TIP = "我要举报，昨天晚上9点在幸福路菜市场门口有十几个人聚众赌博"


def file(kind: str = "image", text: str = "", **data: str) -> Message:
    """A file, as the edge accepts it."""
    return Message(uuid4().hex, "", kind=kind, text=text, data={"media_id": "MEDIA", **data})


def claims(talk: Talk) -> list[tuple[str, str, int]]:
    """(id, report_no, days) of what the turn claims."""
    return [(one["id"], one["report_no"], one["days"]) for one in talk.context.evidence]


async def tell(talk: Talk) -> None:
    """A tip that lacks evidence and mode; its words are new each time."""
    await talk.say(f"{TIP}，每人下注{time.time_ns() % 10**8}元", "file_report")


async def file_report(talk: Talk) -> str:
    """A tip, filed; its number."""
    await tell(talk)
    for words in ("没有", "匿名"):
        await talk.say(words, "nlu_fallback")
    return str(re.findall(r"编号 (J\d{4}-\d{6})", await talk.say("确认", "affirm"))[0])


async def test_files_in_a_report_are_counted_kept_and_filed(talk: Talk) -> None:
    await tell(talk)
    files = [file(), file("video"), file()]
    replies = [await talk.take(one) for one in files]
    assert [re.findall(r"共 (\d) 份", reply) for reply in replies] == [["1"], ["2"], ["3"]]
    assert claims(talk) == [(evidence_id(one.key), "", 30) for one in files]
    assert "7 材料：3 份\n" in await talk.say("匿名", "nlu_fallback")
    number = re.findall(r"编号 (J\d{4}-\d{6})", await talk.say("确认", "affirm"))[0]
    assert claims(talk) == [(evidence_id(one.key), number, 0) for one in files]


async def test_a_file_answers_no_question_but_its_own(talk: Talk) -> None:
    await talk.say("我要举报赌博", "file_report")
    assert talk.slot("requested_slot") == "report_content"
    await talk.take(file())
    assert talk.slot("report_content") is None and len(talk.slot("report_evidence")) == 1
    await talk.take(Message(uuid4().hex, "", kind="location", data={"lat": "31.2", "lng": "121.4", "label": "人民大道"}))
    assert talk.slot("report_content") is None and talk.slot("report_place") and talk.slot("requested_slot") == "report_content"


async def test_a_file_under_the_summary_is_counted_without_showing_it_again(talk: Talk) -> None:
    await tell(talk)
    await talk.say("没有", "nlu_fallback")
    assert "7 材料：0 份" in await talk.say("匿名", "nlu_fallback")
    for count in ("1", "2"):
        reply = await talk.take(file())
        assert f"共 {count} 份" in reply and "1 类型" not in reply and len(reply.splitlines()) == 2
    assert "编号 J" in await talk.say("确认提交", "affirm") and len(talk.context.evidence) == 2


async def test_more_than_a_report_takes_is_said(talk: Talk) -> None:
    await tell(talk)
    replies = [await talk.take(file()) for _ in range(21)]
    assert "共 19 份" in replies[18] and "最多" in replies[19] and "最多" in replies[20]
    assert len(talk.slot("report_evidence")) == 20


async def test_a_report_that_is_left_lets_its_files_go(talk: Talk) -> None:
    await tell(talk)
    picture = file()
    await talk.take(picture)
    await talk.say("退出", "cancel")
    assert claims(talk) == [(evidence_id(picture.key), "", 0)] and talk.form is None


async def test_a_voice_without_words_is_kept_and_words_asked_for(talk: Talk) -> None:
    await talk.say("我要举报赌博", "file_report")
    assert "再用几个字说一遍" in await talk.take(file("voice"))
    assert talk.slot("report_evidence")[0]["kind"] == "voice" and talk.slot("report_content") is None


async def test_a_voice_whose_words_fill_a_field_is_filed_with_the_report(talk: Talk) -> None:
    await talk.say("我要举报赌博", "file_report")
    spoken = file("voice", text="十几个人每天晚上在棋牌室聚众赌博每人都下注")
    await talk.take(spoken)
    assert talk.slot("report_content") and talk.slot("report_evidence") is None
    assert talk.slot("report_voices") == [{"kind": "voice", "ref": evidence_id(spoken.key)}]
    assert claims(talk) == [(evidence_id(spoken.key), "", 30)]


async def test_a_file_that_wechat_withholds_is_no_wrong_answer(talk: Talk) -> None:
    await tell(talk)
    assert "截图" in await talk.take(file("file", title="合同.pdf"))
    assert talk.slot("report_evidence") is None and talk.slot("requested_slot") == "report_evidence"
    assert "份" not in await talk.take(file("file", title="合同.pdf"))


async def test_a_location_fills_the_place_and_a_second_one_mends_it(talk: Talk) -> None:
    await talk.say("我要举报有人聚众赌博", "file_report")
    await talk.take(Message(uuid4().hex, "", kind="location", data={"lat": "31.230416", "lng": "121.473701", "label": "上海市人民大道"}))
    assert talk.slot("report_place") == "上海市人民大道（北纬31.23042，东经121.47370）" and talk.form == "report_form"
    await talk.take(Message(uuid4().hex, "", kind="location", data={"lat": "-31.2", "lng": "-58.5"}))
    assert talk.slot("report_place") == "南纬31.20000，西经58.50000"


async def test_files_outside_a_report_ask_once_and_are_counted(talk: Talk) -> None:
    first, second, third = [await talk.take(file()) for _ in range(3)]
    assert "做什么" in first and second == "收到，共 2 份。" and third == "收到，共 3 份。"
    assert claims(talk) == [], "the store keeps them a day unless a report claims them"
    assert "共 3 份" in await talk.say("我要举报", "file_report")
    assert len(talk.slot("report_evidence")) == 3 and talk.slot("evidence_pending") is None
    assert [days for *_, days in claims(talk)] == [30, 30, 30]


async def test_files_of_yesterday_are_nobodys(talk: Talk) -> None:
    await talk.take(file())
    talk.tracker.update(SlotSet("evidence_pending", [{**item, "at": time.time() - 90_000} for item in talk.slot("evidence_pending")]))
    assert "做什么" in await talk.take(file()) and len(talk.slot("evidence_pending")) == 1


async def test_files_after_the_filing_are_added_to_it(talk: Talk) -> None:
    number = await file_report(talk)
    assert f"补充到 {number} 吗" in await talk.take(file())
    assert await talk.take(file()) == "收到，共 2 份。"
    assert await talk.say("补充到刚才那件", "add_evidence") == f"已补充到 {number}，新加 2 份，现在共 2 份。"
    assert [report_no for _, report_no, _ in claims(talk)] == [number, number]
    assert talk.slot("evidence_pending") is None
    await talk.take(file())
    assert "现在共 3 份" in await talk.say("是的", "affirm"), "a bare yes answers the offer"
    assert "直接说就行" in await talk.say("好的", "affirm")


async def test_the_report_of_yesterday_is_not_offered(talk: Talk) -> None:
    number = await file_report(talk)
    talk.tracker.update(SlotSet("report_filed", {"no": number, "at": time.time() - 90_000}))
    assert number not in await talk.take(file())


async def test_files_added_while_the_backend_is_away_are_kept_for_it(talk: Talk, backend: BackendProcess) -> None:
    number = await file_report(talk)
    await talk.take(file())
    backend.kill()
    assert number in await talk.say("补充到刚才那件", "add_evidence")
    (sealed,) = talk.context.deferred
    call = json.loads(talk.context.cipher.decrypt(sealed.encode()))  # type: ignore[union-attr]  # a talk always has a cipher
    assert call["path"] == f"/v1/reports/{number}/evidence" and call["kind"] == "evidence" and len(call["body"]["evidence"]) == 1
    assert claims(talk)[0][1] == number


async def test_a_report_kept_for_later_claims_its_files_under_its_local_number(talk: Talk, backend: BackendProcess) -> None:
    await tell(talk)
    picture = file()
    await talk.take(picture)
    await talk.say("匿名", "nlu_fallback")
    backend.kill()
    local = re.findall(r"本地回执 (L-[0-9A-F]{8})", await talk.say("确认", "affirm"))[0]
    assert claims(talk) == [(evidence_id(picture.key), local, 0)]


async def test_words_about_evidence_are_told_how_to_send_it(talk: Talk) -> None:
    assert "转人工" in await talk.say("补充材料", "add_evidence")
    number = await file_report(talk)
    assert number in await talk.say("我还有照片要交", "add_evidence")
