"""What a push is answered: the words of the passive reply, and those that the edge says itself."""

from __future__ import annotations

from dataclasses import dataclass

LATER = "已收到，正在办理，稍后回复您。"
LATER_UNVERIFIED = "已收到，正在办理。请稍等片刻，回复“查看”就能看到答复。"
BUSY = "系统正忙，这条消息没有收到，请稍后再发一次。"
UNSURE = "系统正忙，这条消息可能没有收到。如果几分钟内没有答复，请再发一次。"


@dataclass(frozen=True)
class Answer:
    """The words of the passive reply, empty for `success`.

    Args:
        outcome: label of the metric: a deed of `push`, or card, reply, later, silent, late, busy, unsure, run_out (say nothing: WeChat shall ask again).
        confirm: tell the store once it is on the wire.
    """

    text: str = ""
    outcome: str = "none"
    confirm: bool = False
