"""WeChat itself: delivers what a user does to the callback, repeats it, and shows what comes back.

The rules are those of 接收消息与被动回复: 5 s without an answer cuts the request and sends it again with the same MsgId, three requests in all; an empty
answer or `success` shows nothing; anything else that WeChat cannot read shows the fault notice at once.
"""

from __future__ import annotations

import asyncio
import itertools
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

import aiohttp

from channels.simulator.actions import Action, push_fields, write_xml
from channels.simulator.allowance import Clock, MinuteQuota, Tokens
from channels.simulator.envelope import Envelope, Reply
from channels.simulator.people import Attempt, Exchange, People, User
from channels.wechat.menu import read_menu
from channels.wechat.push import message_key
from weijing.errors import ReplyRejected
from weijing.settings import Settings

FAULT = "该公众号提供的服务出现故障，请稍后再试"
REQUESTS = 3
TURN_PAUSES = (0.2, 0.8, 3.0, 8.0, 20.0)
"""Seconds between looks for a message's turn."""
CALLBACK = "/webhooks/wechat/webhook"


class Platform:
    """WeChat for one account.

    Args:
        settings: the account, and the port where its callback listens.
        patience: seconds that WeChat waits for an answer.
        now: the clock.
    """

    def __init__(self, settings: Settings, *, patience: float = 5.0, now: Clock = time.time) -> None:
        self.people = People(settings.wechat_app_id, now)
        self.tokens = Tokens(now)
        self.minute = MinuteQuota(now)
        self.tickets: dict[str, str] = {}
        self.used: Counter[str] = Counter()
        self.menu = read_menu(settings.public_base)
        self.verified = settings.wechat_verified
        self.credentials = (settings.wechat_app_id, settings.wechat_app_secret.get_secret_value())
        self.now = now
        self._envelope = Envelope(settings)
        self.read_turn: Callable[[str], Awaitable[dict[str, str]]] | None = None
        self._session: aiohttp.ClientSession | None = None
        self._patience = aiohttp.ClientTimeout(total=patience)
        host = "127.0.0.1" if settings.edge_host in {"0.0.0.0", "::", ""} else settings.edge_host  # noqa: S104  compared, not bound
        self.callback = f"http://{host}:{settings.edge_port}{CALLBACK}"
        self._ids = itertools.count(time.time_ns())
        self._tasks: set[asyncio.Task[None]] = set()

    def connect(self, session: aiohttp.ClientSession) -> None:
        """Push through this HTTP client; the caller closes it."""
        self._session = session

    def start(self, user: User, action: Action) -> tuple[Exchange, asyncio.Task[None]]:
        """Show the action on the phone and push it in the background."""
        exchange = self.people.begin(user, action.label, event=action.is_event)
        self._follow(user, action.fields.get("Event", ""))
        user.consents |= action.consents
        user.allowance.open(action.trigger)
        if action.kind:
            side: Any = "system" if action.kind == "system" else "user"
            user.show(side, action.kind, dict(action.content or {}), exchange.id)
        return exchange, self._spawn(self._deliver(user, action, exchange))

    async def close(self) -> None:
        """Drop the pushes under way and end the open pages."""
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for user in self.people:
            for queue in user.listeners:
                queue.put_nowait(None)

    def _spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    def _follow(self, user: User, event: str) -> None:
        if event == "subscribe":
            user.following = True
        if event == "unsubscribe":
            user.following = False
            user.allowance.close()

    async def _deliver(self, user: User, action: Action, exchange: Exchange) -> None:
        fields = push_fields(user.openid, self._envelope.account, action, int(self.now()), next(self._ids))
        xml = write_xml(fields)
        reply: Reply | None = None
        for number in range(1, REQUESTS + 1):
            attempt = self._prepare(user, xml, number)
            exchange.attempts.append(attempt)
            user.tell("exchange", exchange)
            reply = await self._request(attempt, user)
            if attempt.outcome in {"answered", "rejected"}:
                break
        self._show(user, exchange, reply)
        self._spawn(self._watch_turn(user, exchange, message_key(fields)))

    async def _watch_turn(self, user: User, exchange: Exchange, key: str) -> None:
        """Look for the turn; one that comes late is found late."""
        for pause in TURN_PAUSES if self.read_turn else ():
            await asyncio.sleep(pause)
            assert self.read_turn
            exchange.turn = await self.read_turn(key)
            if exchange.turn:
                user.tell("exchange", exchange)
                return

    def _prepare(self, user: User, xml: str, number: int) -> Attempt:
        sealed = self._envelope.seal(xml, user.openid, int(self.now()))
        return Attempt(number, self.now(), sealed.query, xml, sealed.body)

    async def _request(self, attempt: Attempt, user: User) -> Reply | None:
        """One request; None when it brought nothing that WeChat accepts. The attempt notes the outcome."""
        started = time.monotonic()
        try:
            reply = await self._answer(attempt, user)
            attempt.outcome = "answered"
        except asyncio.TimeoutError:
            attempt.outcome, attempt.reason, reply = "timeout", f"{self._patience.total:g} 秒内没有回应", None
        except aiohttp.ClientError as error:
            attempt.outcome, attempt.reason, reply = "unreachable", f"连不上回调地址（{type(error).__name__}）", None
        except ReplyRejected as error:
            attempt.outcome, attempt.reason, reply = "rejected", error.message, None
        attempt.milliseconds = int((time.monotonic() - started) * 1000)
        return reply

    async def _answer(self, attempt: Attempt, user: User) -> Reply:
        headers = {"Content-Type": "text/xml; charset=utf-8", "User-Agent": "Mozilla/4.0"}
        assert self._session, "connect first"
        target = self._session.post(
            self.callback, params=attempt.query, data=attempt.sealed.encode(), headers=headers, timeout=self._patience, allow_redirects=False
        )
        async with target as response:
            attempt.status = response.status
            attempt.reply_sealed = (await response.read()).decode("utf-8", "replace")
        if response.status != 200:
            raise ReplyRejected(f"回调返回 HTTP {response.status}")
        reply = self._envelope.open(attempt.reply_sealed, user.openid)
        attempt.reply_plain = reply.xml or attempt.reply_sealed
        return reply

    def _show(self, user: User, exchange: Exchange, reply: Reply | None) -> None:
        """Show the end of an exchange on the phone."""
        exchange.state = "fault" if reply is None else "passive" if reply.kind else "silent"
        if user.following and reply is None:
            user.show("system", "system", {"text": FAULT, "fault": True}, exchange.id)
        elif user.following and reply and reply.kind:
            kind, content = content_of(reply, one=not exchange.event)
            user.show("system" if kind == "system" else "account", kind, content, exchange.id, "passive")
            user.stop_typing()
        user.tell("exchange", exchange)


def content_of(reply: Reply, *, one: bool) -> tuple[str, dict[str, Any]]:
    """What the phone shows for a passive reply; a message gets one article of a news reply, an event up to eight."""
    if reply.kind == "text":
        return "text", {"text": reply.text}
    if reply.kind == "news":
        names = {"title": "Title", "description": "Description", "url": "Url", "picture": "PicUrl"}
        articles = [{ours: article.get(theirs, "") for ours, theirs in names.items()} for article in reply.articles]
        return "news", {"articles": articles[: 1 if one else 8]}
    if reply.kind == "transfer_customer_service":
        return "system", {"text": "会话已转给客服"}
    return "media", {"media": reply.kind, "media_id": reply.media_id}
