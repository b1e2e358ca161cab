"""What is read from a question about offices, by itself: kind and area, the numbers asked for, the days named."""

from __future__ import annotations

from datetime import date

import pytest

from actions.office_days import day_text, hours_text
from actions.office_phones import lines_asked_for, phone_book, shown
from actions.office_words import read_question


@pytest.mark.parametrize(
    ("text", "kind", "areas"),
    [
        ("黄浦区派出所在哪", "派出所", ("黄浦区",)), ("上海黄浦区派出所", "派出所", ("上海", "黄浦区")),
        ("北京市东城区有哪些派出所", "派出所", ("北京市", "东城区")),
        ("浦东新区车管所几点下班", "车管所", ("浦东新区",)), ("示例一号派出所几点下班", "派出所", ("示例一号",)), ("东城区", "", ("东城区",)),
        ("息县公安局", "公安局", ("息县",)), ("附近派出所", "派出所", ()), ("国庆节派出所上班吗", "派出所", ()), ("我们小区归哪个派出所管", "派出所", ()),
        ("县公安局", "公安局", ()), ("24小时自助服务区", "", ()), ("〔地址#1a2b3c4d〕附近的派出所", "派出所", ()), ("长" * 40 + "派出所", "派出所", ()),
    ],
)  # fmt: skip
def test_kind_and_area(text: str, kind: str, areas: tuple[str, ...]) -> None:
    question = read_question(text)
    assert (question.kind, question.areas) == (kind, areas) and len(question.words) <= 64


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("报警电话是多少", ["110", "12110"]), ("出入境咨询电话", ["12367"]), ("火警电话多少", ["119"]), ("交通事故打什么电话", ["122"]),
        ("反诈热线是多少", ["96110"]),
        ("投诉民警打什么电话", ["12389"]), ("举报间谍打什么电话", ["12339"]), ("12345是什么电话", ["12345"]), ("急救电话", ["120"]),
        ("派出所电话", []), ("护照怎么办", []),
        ("手机号是13812110345", []),
    ],
)  # fmt: skip
def test_the_number_asked_for(text: str, numbers: list[str]) -> None:
    assert [line["number"] for line in lines_asked_for(text)] == numbers


@pytest.mark.parametrize("text", ["有哪些求助电话", "常用电话", "公安热线有哪些", "应急电话大全"])
def test_the_whole_book_fits_into_one_passive_reply_and_marks_what_is_local(text: str) -> None:
    lines = lines_asked_for(text)
    assert [line["number"] for line in lines] == ["110", "12110", "122", "119", "120", "12389", "96110", "12345", "12367", "12339"]
    words = shown(lines)
    assert len(words.encode()) < 1800 and len(words.splitlines()) == len(phone_book())
    assert [line.split()[0] for line in words.splitlines() if "以当地公布的为准" in line] == ["12110", "122", "12345"]


@pytest.mark.parametrize(
    ("text", "today", "words"),
    [
        ("派出所几点下班", "2026-11-22", "今天11月22日（周日）是休息日，下一个工作日是11月23日（周一）。"),
        ("几点下班", "2026-09-20", "今天9月20日（周日）是工作日。"),
        ("周末上班吗", "2026-11-18", "11月21日（周六）是休息日，11月22日（周日）是休息日。"),
        ("周六上班不", "2026-11-22", "11月28日（周六）是休息日。"),
        ("下周一开门吗", "2026-11-18", "11月23日（周一）是工作日。"),
        ("明天上班吗", "2026-09-30", "10月1日（周四）放假（国庆节）。"),
        ("国庆派出所上班吗", "2026-09-20", "国庆节放假：10月1日（周四）至10月7日（周三），10月8日（周四）上班。"),
        ("过年期间办证大厅开吗", "2026-02-01", "春节放假：2月15日（周日）至2月23日（周一），2月24日（周二）上班。"),
        ("明天开门吗", "2199-01-02", "1月3日（周四）是工作日（当年的放假安排还没有公布，先按周一至周五算）。"),
        ("国庆上班吗", "2199-01-02", "下一个国庆节的放假安排我这里还没有，以国务院办公厅的通知为准。"),
    ],
)  # fmt: skip
def test_the_days_follow_the_national_calendar(text: str, today: str, words: str) -> None:
    assert day_text(text, date.fromisoformat(today)) == words


def test_the_usual_hours() -> None:
    assert hours_text() == "9:00—12:00、14:30—17:30"
