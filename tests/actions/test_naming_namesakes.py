"""Namesakes beside what is said of a name: when the backend answers at once, else not a word."""

from __future__ import annotations

from tests.actions.conftest import BackendProcess
from tests.actions.talk import Talk


async def test_said_of_one_and_of_several_and_a_booking_is_offered(talk: Talk) -> None:
    bubbles = await talk.bubbles("帮我看看张伟这个名字", "check_name")
    assert "同名的人：1000 人以上（示例市户籍人口（演示数据））" in bubbles[0]["text"]
    assert bubbles[0]["buttons"][-1] == {"title": "预约上户口", "payload": "预约上户口"}
    several = await talk.say("名字叫赵一诺、李静哪个好", "check_name")
    assert "同名不到 10 人" in several and "同名几十人" in several and "同名按示例市户籍人口" in several
    assert "业务，去哪里办" in await talk.say("预约上户口", "book_appointment") and talk.slot("appointment_service") == "hukou"


async def test_a_backend_that_is_away_or_says_too_often_leaves_it_out(talk: Talk, backend: BackendProcess) -> None:
    for _ in range(20):
        await talk.say("帮我看看张伟这个名字", "check_name")
    reply = await talk.say("帮我看看张伟这个名字", "check_name")
    assert "【张伟】" in reply and "同名的人" not in reply
    backend.kill()
    reply = await talk.say("帮我看看张伟这个名字", "check_name")
    assert "【张伟】" in reply and "同名的人" not in reply
