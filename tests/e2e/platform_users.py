"""The users of the storm: each files one report with digressions, asks questions and taps the menu twice in one second."""

from __future__ import annotations

import asyncio
import random

from tests.e2e.platform_wechat import AGAIN_S, WeChat

REPORT = ["我要举报有人开赌场", "{place}有人开设赌场，每天晚上聚众打牌赌钱，编号{user}", "昨天晚上十点", "{place}", "不是正在发生", "没有", "匿名", "确认"]
TALK = ["身份证丢了怎么补办", "要多少钱", "你好", "护照怎么办", "谢谢", "居住证怎么签注", "要带什么材料", "驾驶证到期换证", "在哪里办", "帮助"]
TAPS = ["help", "greet"]
MESSAGES = len(REPORT) + len(TAPS) + 2
"""Messages of one user, beside those that are refused and written anew."""
EPOCH = 1_760_000_000


class User:
    """One user. Two neighbours share the numbers and times of their messages: a MsgId is not unique across users.

    Args:
        number: from 0.
        pause: longest pause between two messages in s.
    """

    def __init__(self, wechat: WeChat, account: str, number: int, pause: float) -> None:
        self.openid = f"o6_bmjrPTlm6_2sgVt7hMZOPf{number:03d}"
        self._wechat = wechat
        self._account = account
        self._number = number
        self._pause = pause
        self._random = random.Random(number)
        self._next = number // 2 * 100

    async def live(self) -> None:
        """Everything this user does, one after the other; only small talk is said without waiting for the answer to what came before."""
        talk = self._random.sample(TALK, 2)
        await self._tap_twice()
        for text in REPORT:
            await self._breathe()
            await self.say(text.format(user=self._number, place=f"幸福路{self._number}号"))
        await self._breathe()
        await asyncio.gather(*(self.say(text) for text in talk))

    async def say(self, text: str) -> None:
        """Write a text, anew for as long as the house says that it was not received."""
        while not await self._push(text):  # noqa: ASYNC110  each push is a new message
            await asyncio.sleep(AGAIN_S)

    async def _tap_twice(self) -> None:
        """Two menu events of one second differ in nothing but their EventKey."""
        second = self._tick()
        await asyncio.gather(*(self._tap(item, second) for item in TAPS))

    async def _tap(self, item: str, second: int) -> None:
        xml = self._xml("event", second, f"<Event>CLICK</Event><EventKey>{item}</EventKey>")
        if not (await self._wechat.push(self.openid, xml)).accepted:
            await asyncio.sleep(AGAIN_S)
            await self._tap(item, self._tick())

    async def _push(self, text: str) -> bool:
        number = self._tick()
        xml = self._xml("text", number, f"<Content><![CDATA[{text}]]></Content><MsgId>{number * 1000}</MsgId>")
        return (await self._wechat.push(self.openid, xml)).accepted

    def _xml(self, kind: str, second: int, inside: str) -> str:
        return (
            f"<xml><ToUserName><![CDATA[{self._account}]]></ToUserName><FromUserName><![CDATA[{self.openid}]]></FromUserName>"
            f"<CreateTime>{second}</CreateTime><MsgType><![CDATA[{kind}]]></MsgType>{inside}</xml>"
        )

    def _tick(self) -> int:
        self._next += 1
        return EPOCH + self._next

    async def _breathe(self) -> None:
        await asyncio.sleep(self._random.random() * self._pause)
