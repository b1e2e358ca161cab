"""What the desk refuses, in words for the staff."""

from __future__ import annotations

from weijing.errors import WeijingError


class DeedRefused(WeijingError):
    """A deed on a conversation or a held answer that is not legal now.

    Args:
        message: Chinese, for the member of the staff: what is the matter and what to do.
        reason: for the page: `unknown`, `taken`, `not_waiting`, `not_yours`, `full`, `no_colleague`, `no_unit`, `decided` or `empty`.
        who: the name of whoever has the conversation, if anybody.
    """

    code = "deed_refused"

    def __init__(self, message: str, reason: str, *, who: str = "") -> None:
        super().__init__(message)
        self.reason = reason
        self.who = who
