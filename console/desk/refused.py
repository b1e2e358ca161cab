"""What the store refuses, as the page says it."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import TypeVar

from weijing.deed_refused import DeedRefused
from weijing.refusals import DeskRefused

T = TypeVar("T")
NEXT = {
    "unknown": "请刷新列表。", "taken": "您可以看，不能替他回复；要接手，请主管转给您。", "not_waiting": "它已不在待接里。",
    "not_yours": "请先认领。", "full": "可以请别的同事接，或请主管调整上限。", "no_colleague": "请重新选择同事。",
    "no_unit": "请重新选择单位。", "decided": "列表马上更新。", "empty": "写好再试一次。",
}  # fmt: skip
"""What to do next, by the store's reason."""


async def done(deed: Awaitable[T], *, claiming: bool = False) -> T:
    """What the store answers.

    Raises:
        DeskRefused: what the store refuses, with what to do next.
    """
    try:
        return await deed
    except DeedRefused as refused:
        title = f"{refused.who}刚刚认领了" if claiming and refused.reason == "taken" and refused.who else refused.message.rstrip("。")
        status = {"unknown": 404, "empty": 422, "no_colleague": 422, "no_unit": 422}.get(refused.reason, 409)
        raise DeskRefused(title, NEXT[refused.reason], status) from None
