"""What the user is told when a rating, letter or survey that was kept while the backend was away has been handed in."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from actions.client import Json

RATED = "您之前的评价已记在 {matter} 名下。"
FOLLOWED = "其中的“差”由{unit}部门的人来看，最晚 {due_on} 在这里答复您，回访编号 {follow_up_no}。"
LETTER = "您之前写的信已正式登记，编号 {letter_no}，查询码 {query_code}（只显示这一次，请保存）。最晚 {promised_on} 答复。{next_step}"
LETTER_KNOWN = "您之前写的信与 {duplicate_of} 的内容相同，已按那一封办理，请用当时的查询码查询。"
ENDED = "这次人工服务得怎么样？说“评价”就能评（会话编号 {conversation_no}），大约一分钟。"
ANSWERED = "您之前填的问卷已收到，谢谢。"


def _rating(answer: Json) -> str:
    followed = FOLLOWED.format(**answer["follow_up"]) if answer["follow_up"] else ""
    return RATED.format(**answer) + followed


def _letter(answer: Json) -> str:
    return (LETTER_KNOWN if answer["duplicate_of"] else LETTER).format(**answer)


KEPT: Mapping[str, Callable[[Json], str]] = {
    "rating": _rating, "letter": _letter, "survey": lambda answer: ANSWERED, "conversation": lambda answer: ENDED.format(**answer),
}  # fmt: skip
"""Kind of a kept call -> the words for its answer."""
