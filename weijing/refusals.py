"""Errors whose words people read on a page or in a chat: what happened, what to do now, and the HTTP status of the answer."""

from __future__ import annotations

from weijing.errors import WeijingError


class ChatRefused(WeijingError):
    """The web chat does not take a request.

    Args:
        message: a calm sentence in Chinese; the visitor reads it.
        status: of the HTTP answer.
        reason: for the page: `session`, `limited`, `busy`, `length`, …
        retry_after: seconds after which it may be tried again, or 0.
    """

    code = "chat_refused"

    def __init__(self, message: str, status: int, reason: str, *, retry_after: int = 0) -> None:
        super().__init__(message)
        self.status = status
        self.reason = reason
        self.retry_after = retry_after


class PageRefused(WeijingError):
    """An H5 page cannot be shown or a form cannot be taken; the user reads `title` and `words` (Chinese).

    Args:
        title: what happened.
        words: what to do now.
        status: HTTP status.
        again: path of ours that begins anew, or empty.
    """

    code = "page_refused"

    def __init__(self, title: str, words: str, status: int, *, again: str = "") -> None:
        super().__init__(title)
        self.words = words
        self.status = status
        self.again = again


class DeskRefused(WeijingError):
    """Somebody of the staff may not do this, or it cannot be done now.

    Args:
        message: the heading of the page or note, Chinese.
        words: what to do next, Chinese.
        status: of the HTTP answer: 403 forbidden, 404 not there, 409 somebody else was first or it is too late, 422 wrong input, 429 too often.
    """

    code = "desk_refused"

    def __init__(self, message: str, words: str, status: int = 409) -> None:
        super().__init__(message)
        self.words = words
        self.status = status
