"""The main job on the whole house, started by one command: real encrypted pushes are answered, whatever breaks."""

from __future__ import annotations

import re
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg2
import pytest

from backend.demo import DEMO
from tests.e2e.house import House, answers, free_port
from tests.e2e.phone import Phone
from tests.e2e.transcripts_house import command, processes

PHONE = "13912345678"
NAMES = ("EDGE_PORT", "BACKEND_PORT", "BOT_PORT", "SENDER_PORT", "PROJECTOR_PORT", "COURIER_PORT", "EVIDENCE_PORT", "CONSOLE_PORT", "TRAINER_PORT")


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory, model_path: Path) -> Iterator[House]:
    """`weijing run` with embedded engines on free ports."""
    ports = {name: str(free_port()) for name in NAMES}
    made = House(tmp_path_factory.mktemp("house"), {**ports, "BOT_MODEL": str(model_path), "REDIS_URL": "", "DATABASE_URL": "", "BACKEND_URL": ""})
    run = made.start("run")
    made.wait_said(run, "/simulator", 120)
    yield made
    made.stop()


@pytest.fixture
def base(house: House) -> str:
    return f"http://127.0.0.1:{house.environment['EDGE_PORT']}"


def workers(house: House) -> list[psutil.Process]:
    """The bot's children."""
    return [process for process in processes(house, "bot.parent") if "bot.parent" in command(psutil.Process(process.ppid()))]


def test_a_safe_mode_push_is_answered_with_materials_and_their_legal_basis(base: str) -> None:
    phone = Phone(base, "main")
    exchange = phone.say("身份证丢了怎么补办要带什么")
    (attempt,) = exchange["attempts"]
    assert attempt["status"] == 200 and attempt["milliseconds"] < 4500
    assert "<Encrypt>" in attempt["sealed"] and "身份证" not in attempt["sealed"], "the push is sealed"
    assert "<Encrypt>" in attempt["reply_sealed"] and "MsgSignature" in attempt["reply_sealed"], "and so is the passive reply"
    words = phone.words(delivery="passive")
    assert "户口簿" in words and "《居民身份证法》" in words and "核对" in words


def test_follow_up_questions_keep_the_item(base: str) -> None:
    phone = Phone(base, "follow")
    phone.ask("身份证丢了怎么补办要带什么")
    assert "40" in phone.ask("那要多少钱")


def test_a_report_gets_a_number_and_a_query_code_that_find_it_again(base: str) -> None:
    phone = Phone(base, "reporter")
    phone.say("我要举报有人开赌场")
    said = ""
    for text in ["幸福路8号二楼每天晚上有人聚众打牌赌钱", "昨天晚上十点", "幸福路8号二楼", "不是", "没有", "匿名", "确认", "确认"]:
        said = phone.ask(text)
        if re.search(r"J20\d\d-\d{6}", said):
            break
    number, code = re.search(r"J20\d\d-\d{6}", said), re.search(r"[2-9A-HJ-NP-Z]{4}-[2-9A-HJ-NP-Z]{4}", said)
    assert number and code, said
    other = Phone(base, "reporter-later")
    other.ask(f"查进度 {number[0]}")
    assert number[0] in other.ask(code[0])


def test_what_is_sent_with_a_report_is_kept_under_its_number_and_more_can_be_added(house: House, base: str) -> None:
    phone = Phone(base, "witness")
    phone.say("我要举报，昨天晚上九点幸福路9号三楼有人开赌场聚众赌钱")
    for kind, count in (("image", 1), ("video", 2), ("image", 3)):
        reply = phone.words(after_exchange=phone.do({"kind": kind})["id"])
        assert f"共 {count} 份" in reply and ("匿名还是实名" in reply) == (count == 1), "the question stands above the second and third already"
    phone.ask("匿名")
    number = re.search(r"J20\d\d-\d{6}", phone.ask("确认"))
    assert number, phone.words()
    assert f"补充到 {number[0]} 吗" in phone.words(after_exchange=phone.do({"kind": "image"})["id"])
    assert "现在共 4 份" in phone.ask("补充到刚才那件")
    rows: list[tuple[str, str, str]] = []
    deadline = time.monotonic() + 60
    while [row[0] for row in rows] != ["kept"] * 4:
        assert time.monotonic() < deadline, rows
        time.sleep(0.3)
        rows = evidence(house, number[0])
    assert sorted(row[1] for row in rows) == ["image/png", "image/png", "image/png", "video/mp4"] and all(row[2] for row in rows)


def evidence(house: House, report_no: str) -> list[tuple[str, str, str]]:
    """(state, type, SHA-256) of what is kept for a report."""
    socket = (house.folder / "postgres" / "postmaster.pid").read_text().splitlines()[4]
    connection = psycopg2.connect(host=socket, user="postgres", dbname="postgres")
    with connection, connection.cursor() as cursor:
        cursor.execute("SELECT state, media_type, sha256 FROM weijing.evidence WHERE report_no = %s", (report_no,))
        found: list[tuple[str, str, str]] = cursor.fetchall()
    connection.close()
    return found


def test_an_application_is_found_by_number_and_proof_only(base: str) -> None:
    application = DEMO[0]
    phone = Phone(base, "applicant")
    phone.ask(f"我的办件 {application.application_no} 到哪一步了")
    assert application.application_no in phone.ask(application.query_code)


def test_an_acknowledgement_comes_in_time_and_the_answer_later_once_when_no_worker_runs(house: House, base: str) -> None:
    phone = Phone(base, "patient")
    frozen = workers(house)
    assert frozen
    for process in frozen:
        process.send_signal(signal.SIGSTOP)
    exchange = phone.say("居住证怎么签注")
    assert exchange["state"] == "passive" and exchange["attempts"][-1]["milliseconds"] < 4900
    assert "收到" in phone.words(delivery="passive") and "依据" not in phone.words()
    for process in frozen:
        process.send_signal(signal.SIGCONT)
    phone.wait_for("customer_service", 1)
    time.sleep(3)
    assert phone.delivered("customer_service") <= 2, "one turn, at most its text and its menu"
    assert "居住证" in phone.words(delivery="customer_service")


def test_danger_comes_first_even_with_redis_stopped(house: House, base: str) -> None:
    phone = Phone(base, "danger")
    (redis,) = processes(house, "redis-server")
    redis.send_signal(signal.SIGSTOP)
    try:
        exchange = phone.say("我老公在打我救命")
        assert exchange["state"] == "passive" and exchange["attempts"][0]["milliseconds"] < 4900
        assert "110" in phone.words() and "12110" in phone.words()
    finally:
        redis.send_signal(signal.SIGCONT)
    assert "返回机器人" in phone.ask("你们在吗"), "it was handed to a person, and the user is told so"
    phone.ask("返回机器人")
    assert "依据" in phone.ask("护照首次申请要带什么材料")


def test_a_killed_bot_and_a_killed_sender_come_back(house: House, base: str) -> None:
    for name in ("weijing bot", "weijing sender"):
        for process in processes(house, name):
            if process.is_running():
                process.kill()
    deadline = time.monotonic() + 60
    while not all(answers(f"http://127.0.0.1:{house.environment[port]}/readyz") for port in ("BOT_PORT", "SENDER_PORT")):
        assert time.monotonic() < deadline, house.processes[0].text()
        time.sleep(0.3)
    assert "依据" in Phone(base, "after").ask("身份证丢失补领要带什么材料")


def test_nothing_secret_or_personal_reaches_a_log(house: House, base: str) -> None:
    Phone(base, "private").say(f"我叫张小凡，电话{PHONE}，想问护照怎么办")
    secrets = dict(line.split("=", 1) for line in (house.folder / "secrets.env").read_text().splitlines())
    wanted = [PHONE, "张小凡", *(value for name, value in secrets.items() if name not in {"WECHAT_APP_ID", "WECHAT_ORIGINAL_ID"})]
    logs = [path for path in house.folder.rglob("*.log") if "postgres" not in str(path)]
    assert len(logs) >= 5
    for path in logs:
        text = path.read_text(errors="replace")
        shown = {secrets["CONSOLE_DEMO_PASSWORD"]} if path.parent == house.folder else set()  # what `weijing run` prints is meant to be read
        assert not [value for value in wanted if value in text and value not in shown], path


def test_it_stops_cleanly(house: House) -> None:
    everything = psutil.Process(house.processes[0].popen.pid).children(recursive=True)
    assert house.processes[0].stop(30) == 0
    _, alive = psutil.wait_procs(everything, timeout=5)
    assert not alive, alive
