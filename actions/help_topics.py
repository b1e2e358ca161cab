"""The table of what the bot can do, a line a topic: help is made of it, and a test holds it to the rules."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Away(Enum):
    """What becomes of a topic while the backend is away."""

    WORKS = 0
    KEPT = 1
    WAITS = 2


@dataclass(frozen=True)
class Topic:
    """One line of help.

    Args:
        name: what it is, in a few words; also what an open form of it is called.
        example: how one begins, as the user would say it.
        intents: those that begin it.
        away: while the backend is away.
        forms: its forms.
        hint: what is said of correcting inside its form.
    """

    name: str
    example: str
    intents: tuple[str, ...]
    away: Away = Away.WAITS
    forms: tuple[str, ...] = ()
    hint: str = "要改前面的，说“…改成…”"


TOPICS = (
    Topic("办事指南", "身份证丢了怎么补办", ("ask_guide",)),
    Topic("查进度（办件、案件、投诉举报）", "查办件进度", ("query_progress", "query_case", "follow_progress"), forms=("progress_form",)),
    Topic("投诉举报，可以匿名", "我要投诉举报", ("file_report", "add_evidence"), Away.KEPT, ("report_form", "supplement_form")),
    Topic("撤回投诉举报", "撤回举报", ("withdraw_report",), forms=("withdraw_form",)),
    Topic("预约到窗口，改约、取消", "预约办事", ("book_appointment", "cancel_appointment"), forms=("appointment_form",), hint="要改前面的，说“时间改成…”"),
    Topic("找网点、问电话和开门时间", "找派出所", ("find_office",)),
    Topic("看孩子的名字合不合规定", "帮我看看孩子的名字", ("check_name", "ask_naming"), Away.WORKS),
    Topic("居住登记、居住证", "办居住登记", ("file_residence",), Away.KEPT, ("filing_form",)),
    Topic("搭车备案，报平安", "搭车备案", ("file_ride", "check_in", "ride_contact"), Away.KEPT, ("ride_form",)),
    Topic("银行身份核查异常", "银行身份核查异常", ("file_bank_identity",), Away.KEPT),
    Topic("身份证丢失声明", "身份证丢失声明", ("file_declaration",), Away.KEPT),
    Topic("绑定身份，看自己的办件", "绑定身份", ("bind_identity",)),
    Topic("评价办结的事", "评价服务", ("rate_service",), forms=("rating_form",)),
    Topic("给局长写信", "给局长写信", ("write_letter",), Away.KEPT, ("letter_form",)),
    Topic("参加问卷", "参加问卷", ("answer_survey",), forms=("survey_form",)),
    Topic("通知公告、防骗提醒，可以订阅", "最近有什么诈骗", ("ask_notice", "subscribe_notice")),
    Topic("查证件邮寄", "查证件邮寄", ("track_delivery",)),
    Topic("我的菜单", "我的菜单", ("show_menu",), Away.WORKS),
    Topic("简洁模式，字少、回数字就行", "简洁模式", ("easy_mode",), Away.WORKS),
    Topic("English: visa, residence permit, registration", "Do you speak English?", ("foreign_language",), Away.WAITS),
)
"""In the order shown. A new topic is a line here."""

NOT_LISTED = frozenset({
    "help", "request_handoff", "emergency", "greet", "thank", "goodbye", "affirm", "deny", "cancel", "correct", "repeat", "smalltalk", "out_of_scope",
    "nlu_clarify", "nlu_fallback",
})  # fmt: skip
"""Intents of a rule that are deliberately no line: talking itself, and what help says anyhow."""
