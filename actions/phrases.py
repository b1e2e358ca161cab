"""Words on buttons: what is shown, and the plain Chinese that a tap sends back (at most 20 characters, docs/contracts.md)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from weijing.service_item import ASPECTS

LONGEST = 20

ASPECT_QUESTIONS: Mapping[str, str] = {
    "materials": "要带什么材料", "fee": "要多少钱", "time_limit": "要多久", "procedure": "怎么办理", "where": "去哪里办", "conditions": "要什么条件",
    "online": "能网上办吗", "who": "谁能办", "validity": "有效期多久", "legal_basis": "法律依据",
}  # fmt: skip
"""Aspect -> how one asks for it, in the order of interest."""

INTENTS: Mapping[str, str] = {
    "query_progress": "查办件进度", "query_case": "查案件进展", "file_report": "我要投诉举报", "check_name": "帮我看看孩子的名字", "ask_naming": "宝宝起名",
    "file_residence": "办居住登记", "file_ride": "搭车备案", "file_bank_identity": "银行身份核查异常", "book_appointment": "预约办事",
    "cancel_appointment": "取消预约", "find_office": "找派出所", "bind_identity": "绑定身份", "rate_service": "评价服务", "write_letter": "给局长写信",
    "withdraw_report": "撤回举报", "answer_survey": "参加问卷", "ask_notice": "看通知公告", "subscribe_notice": "订阅公告预警",
    "track_delivery": "查证件邮寄", "help": "能帮我做什么",
    "show_menu": "我的菜单", "easy_mode": "简洁模式",
}  # fmt: skip
"""Intent -> how one says it; intents that are not here are never offered."""

PERSON = {"title": "转人工", "payload": "转人工"}
NONE_OF_THEM = {"title": "都不是，转人工", "payload": "转人工"}

Button = dict[str, str]


def aspect_buttons(item: Mapping[str, Any], aspect: str, most: int = 3) -> list[Button]:
    """Buttons for other aspects that the item can answer."""
    useful = [one for one in ASPECT_QUESTIONS if one != aspect and one not in item.get("unconfirmed", ()) and item.get(one)]
    return [{"title": ASPECTS[one], "payload": aspect_payload(item, one)} for one in useful[:most]]


def aspect_payload(item: Mapping[str, Any], aspect: str) -> str:
    """「身份证丢失补领要多少钱」, by the longest name that fits; the aspect alone when none does (the item is remembered)."""
    question = ASPECT_QUESTIONS[aspect]
    names = [str(name) for name in (item["name"], *item.get("aliases", ()))]
    return next((name + question for name in names if len(name) + len(question) <= LONGEST), question)


def candidate_buttons(candidates: list[dict[str, Any]], aspect: str | None, most: int = 3) -> list[Button]:
    """Buttons for what a half-understood message may mean."""
    buttons: dict[str, Button] = {}
    for candidate in candidates:
        title = candidate.get("name") if candidate.get("service_item") else INTENTS.get(candidate.get("intent", ""))
        if title:
            question = ASPECT_QUESTIONS.get(aspect or "", "") if candidate.get("service_item") else ""
            buttons.setdefault(title, {"title": title, "payload": title + question if len(title + question) <= LONGEST else title})
    return list(buttons.values())[:most]
