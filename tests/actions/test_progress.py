"""Progress: number and proof in any order, wrong proofs, and a backend that is away. The applications are the reference backend's demo ones."""

from __future__ import annotations

import json

from actions import client
from tests.actions.conftest import BackendProcess
from tests.actions.talk import Talk

NUMBER, PHONE, CODE = "A2026-000101", "19900000001", "7KQ2-M9XD"


async def test_number_then_proof_tells_steps_and_next_step(talk: Talk) -> None:
    assert "请发来编号" in await talk.say("我的身份证办好了吗", "query_progress")
    assert "再发一项证明" in await talk.say(NUMBER, "nlu_fallback")
    reply = await talk.say(PHONE, "nlu_fallback")
    assert reply.startswith(f"身份证丢失补领（{NUMBER}）") and "受理" in reply and "下一步：证件制好后" in reply and "承诺办结：2026-" in reply
    assert talk.form is None and talk.slot("proof") is None


async def test_everything_in_the_first_message_needs_one_turn(talk: Talk) -> None:
    assert f"（{NUMBER}）" in await talk.say(f"查一下{NUMBER}，查询码{CODE}", "query_progress")
    assert talk.form is None


async def test_proof_before_number_is_kept(talk: Talk) -> None:
    await talk.say("查进度", "query_progress")
    assert "请发来编号" in await talk.say(f"手机号{PHONE}", "nlu_fallback")
    assert f"（{NUMBER}）" in await talk.say(NUMBER, "nlu_fallback")


async def test_the_proof_is_masked_in_the_tracker(talk: Talk) -> None:
    await talk.say(f"查{NUMBER}，手机{PHONE}", "query_progress")
    assert PHONE not in json.dumps([event.as_dict() for event in talk.tracker.events], ensure_ascii=False)


async def test_a_wrong_proof_may_be_tried_again_and_then_a_person_is_offered(talk: Talk) -> None:
    await talk.say("查进度 A2026-000105", "query_progress")
    first = await talk.say("13900000000", "nlu_fallback")
    assert "对不上" in first and "还可以试 2 次" in first and "再发一项证明" in first and talk.form == "progress_form"
    assert "还可以试 1 次" in await talk.say("13900000001", "nlu_fallback")
    bubbles = await talk.bubbles("13900000002", "nlu_fallback")
    assert "次数太多" in bubbles[0]["text"] and bubbles[0]["buttons"][0]["payload"] == "转人工" and talk.form is None


async def test_the_right_proof_after_a_wrong_one(talk: Talk) -> None:
    await talk.say(f"查进度 {NUMBER}", "query_progress")
    await talk.say("13900000000", "nlu_fallback")
    assert f"（{NUMBER}）" in await talk.say(CODE, "nlu_fallback")


async def test_the_number_is_corrected(talk: Talk) -> None:
    await talk.say("查进度 A2026-000999", "query_progress")
    assert "再发一项证明" in await talk.say(f"编号改成{NUMBER}", "correct")
    assert f"（{NUMBER}）" in await talk.say(PHONE, "nlu_fallback")


async def test_what_is_no_number_is_said_so_and_at_the_third_time_a_person_is_offered(talk: Talk) -> None:
    await talk.say("查进度", "query_progress")
    replies = [await talk.say(words, "nlu_fallback") for words in ("不记得了", "A2026", "12345678")]
    assert all("编号我认不出来" in reply for reply in replies) and "请工作人员帮您" in replies[-1]


async def test_a_report_is_opened_by_its_query_code_alone(talk: Talk) -> None:
    assert "查询码" in await talk.say("查一下J2026-000001", "query_progress")
    assert "这项证明我认不出来" in await talk.say(PHONE, "nlu_fallback")


async def test_a_report_s_date_is_that_of_the_answer_not_of_its_end(talk: Talk) -> None:
    complaint = {"kind": "complaint", "topic": "态度", "content": "示例窗口办事员态度很差，不肯说明理由", "mode": "named"}
    receipt = await client.backend().submit_report({**complaint, "reporter": {"name": "示例人", "phone": "13900000000"}}, "progress-of-a-complaint")
    reply = await talk.say(f"查{receipt['report_no']}，查询码{receipt['query_code']}", "query_progress")
    assert "最晚答复：2026-" in reply and "承诺办结" not in reply


async def test_a_question_in_the_middle_and_leaving(talk: Talk) -> None:
    await talk.say("查进度", "query_progress")
    reply = await talk.say("身份证多久能办好？", "ask_guide", service_item="id_card_replacement", aspect="time_limit")
    assert "【身份证丢失补领】办理时限" in reply and "请发来编号" in reply
    assert "已退出" in await talk.say("算了", "cancel") and talk.form is None


async def test_backend_away_is_said_honestly(talk: Talk, backend: BackendProcess) -> None:
    await talk.say(f"查进度 {NUMBER}", "query_progress")
    backend.kill()
    assert "不是您的办件有问题" in await talk.say(PHONE, "nlu_fallback")
    assert talk.form is None and talk.slot("proof") is None and not talk.tracker.is_paused()


async def test_a_case_is_opened_like_an_application_and_nothing_of_the_investigation_is_told(talk: Talk) -> None:
    assert "再发一项证明" in await talk.say("查K2026-000103", "query_case")
    reply = await talk.say("19900000003", "nlu_fallback")
    assert "与他人打架（K2026-000103）" in reply and "现在：已结案" in reply and "办案期间不能告诉任何人" in reply and "欢迎评价" in reply


async def test_a_case_guessed_at_three_times_is_closed_here(talk: Talk) -> None:
    await talk.say("查案件K2026-000102", "query_case")
    replies = [await talk.say(f"1390000000{number}", "nlu_fallback") for number in range(3)]
    assert "还可以试 1 次" in replies[1] and "次数太多" in replies[2] and talk.form is None


async def test_what_is_done_may_be_rated_and_what_is_open_followed(talk: Talk) -> None:
    done = await talk.bubbles("查A2026-000107，手机19900000007", "query_progress")
    assert "有变化告诉我" not in str(done) and "/h5/rate?m=A2026-000107" in done[-1]["text"]
    still = await talk.bubbles("查A2026-000108，手机19900000008", "query_progress")
    assert still[-1]["buttons"][0]["payload"] == "有变化告诉我"
