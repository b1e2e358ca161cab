"""What every page's handler needs: the user, the form's token, and how a page is written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import aiohttp_jinja2
from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError

from channels.h5.backend import Backend
from channels.h5.limits import Limits
from channels.h5.oauth import Login
from channels.h5.session import Tokens, openid_of
from channels.h5.submission import Submissions
from store.message import Message
from weijing.refusals import PageRefused
from weijing.settings import Settings

if TYPE_CHECKING:
    from store.evidence import EvidenceStore

CONFIRM = web.RequestKey("confirm", Message)
"""The message whose reply this page shows; `guard.deliver` confirms it once it is written."""


@dataclass
class Desk:
    """One edge's.

    Args:
        evidence: None when the edge has no database.
    """

    settings: Settings
    backend: Backend
    limits: Limits
    login: Login
    tokens: Tokens
    submissions: Submissions
    evidence: EvidenceStore | None = None

    async def user(self, request: web.Request) -> str:
        """The openid of who looks at the page; who is not logged in goes to WeChat first.

        Raises:
            HTTPFound: to WeChat.
        """
        return await openid_of(request) or await self.login.begin(request)

    async def sender(self, request: web.Request, token: str, form: str) -> str:
        """The openid of who sends a form.

        Raises:
            PageRefused: the session is over, or the token is not of this form and user.
        """
        openid = await openid_of(request)
        if not openid:
            raise PageRefused("页面打开太久了", "为了安全，请重新打开这一页，再填一次。", 403, again=request.path)
        if not self.tokens.fits(token, openid, form):
            raise PageRefused("这一页过期了", "没有提交。请重新打开这一页，再填一次。", 403, again=request.path)
        return openid

    async def answer(self, request: web.Request, message: Message, template: str, context: Mapping[str, Any]) -> web.Response:
        """Send a form's message and show the reply, or that it comes in the chat.

        Raises:
            PageRefused: too often.
        """
        await self.limits.count("form", message.openid)
        claim = await self.submissions.ask(message)
        bubbles = [bubble for bubble in claim.bubbles if bubble.get("text")]
        response = render(request, template, {"state": claim.state, "bubbles": bubbles, "verified": self.settings.wechat_verified, **context})
        if claim.state == "reply":  # and not before the page is made: what fails is not confirmed
            request[CONFIRM] = message
        return response


DESK = web.AppKey("desk", Desk)


async def read_form(request: web.Request) -> Mapping[str, Any]:
    """The fields of a form that was sent.

    Raises:
        PageRefused: it cannot be read.
    """
    try:
        return await request.post()
    except (ValueError, LookupError, HttpProcessingError):
        raise PageRefused("没有看懂这次提交", "没有收下。请重新打开这一页，再填一次。", 400, again=request.path) from None


def render(request: web.Request, template: str, context: Mapping[str, Any] | None = None, status: int = 200) -> web.Response:
    """A page that holds somebody's data: no cache keeps it."""
    response = aiohttp_jinja2.render_template(template, request, dict(context or {}))
    response.set_status(status)
    response.headers["Cache-Control"] = "no-store"
    return response
