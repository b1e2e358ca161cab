"""A demo survey, seeded wherever `WEIJING_ENV` is not production. Staff define their own by `PUT /v1/surveys/{id}`."""

from __future__ import annotations

from datetime import date
from typing import Any

DEMO_SURVEYS: tuple[tuple[Any, ...], ...] = (
    (
        "demo_safety", "群众安全感调查", "四个问题，大约一分钟，不记名。", "示例市公安局指挥中心",
        [
            {"id": "safe", "kind": "mark", "text": "您觉得住的地方安全吗？1 分最不安全，5 分最安全。"},
            {"id": "seen", "kind": "one", "text": "最近一个月，您在附近见到巡逻民警的次数？", "options": ["经常", "偶尔", "没见过"]},
            {"id": "worry", "kind": "several", "text": "您最担心哪些事？", "options": ["电信诈骗", "入室盗窃", "交通秩序", "噪声扰民", "都不担心"]},
            {"id": "words", "kind": "words", "text": "还有什么想说的？请不要写姓名和电话。", "optional": True},
        ],
        date(2026, 1, 1), date(2027, 12, 31),
    ),
)  # fmt: skip
"""Rows of `backend.surveys`."""
