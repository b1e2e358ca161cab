"""What an operator asks of the account: its menu, its QR codes, its quotas and the platform's view of our callback. Each call names its page."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp

from channels.wechat.api import PlatformApi
from weijing.errors import PlatformError
from weijing.settings import Settings

NO_MENU = 46003
NO_RIGHT = 48001
ALLOWED = {40003, 43004, 45015, 45047, 45080}
"""Errcodes that refuse a user, not the call."""


class Account:
    """Calls of the set-up, each of which may raise PlatformError."""

    def __init__(self, api: PlatformApi) -> None:
        self._api = api

    async def menu(self) -> dict[str, Any]:
        """The menu that users see, `{}` when there is none (获取自定义菜单配置)."""
        try:
            answer = await self._api.read("/cgi-bin/menu/get")
        except PlatformError as error:
            if error.errcode == NO_MENU:
                return {}
            raise
        menu = answer.get("menu")
        return menu if isinstance(menu, dict) else {}

    async def create_menu(self, menu: dict[str, Any]) -> None:
        """Put this menu in place of the old one; phones show it within 5 minutes of their next visit (创建自定义菜单)."""
        await self._api.call("/cgi-bin/menu/create", menu)

    async def delete_menu(self) -> None:
        """Leave a keyboard only (删除自定义菜单)."""
        await self._api.read("/cgi-bin/menu/delete")

    async def qr_code(self, scene: str, *, permanent: bool, seconds: int) -> str:
        """The address that a QR code of this scene holds (生成带参数的二维码).

        Args:
            permanent: of these an account has 100 000 and no more.
            seconds: life of one that is not, at most 2 592 000.
        """
        body: dict[str, Any] = {"action_name": "QR_LIMIT_STR_SCENE" if permanent else "QR_STR_SCENE", "action_info": {"scene": {"scene_str": scene}}}
        answer = await self._api.call("/cgi-bin/qrcode/create", body if permanent else {"expire_seconds": seconds, **body})
        url = answer.get("url")
        if not isinstance(url, str) or not url:
            raise PlatformError("/cgi-bin/qrcode/create: the platform's answer holds no address", -1)
        return url

    async def quota(self, path: str) -> tuple[int, int]:
        """(calls of this path left today, the day's limit) (查询 API 调用额度)."""
        quota = (await self._api.call("/cgi-bin/openapi/quota/get", {"cgi_path": path})).get("quota") or {}
        return int(quota.get("remain", 0)), int(quota.get("daily_limit", 0))

    async def callback_check(self) -> list[str]:
        """What the platform finds wrong on its way to our callback, empty when all is well (网络检测)."""
        answer = await self._api.call("/cgi-bin/callback/check", {"action": "all", "check_operator": "DEFAULT"})
        faults = [] if answer.get("dns") else ["the name of our callback cannot be resolved"]
        lost = [str(ping.get("ip")) for ping in answer.get("ping") or [] if ping.get("package_loss") not in {"0%", "0.00%", None}]
        return faults + [f"packets to {ip} get lost" for ip in lost]

    async def may_send(self) -> bool:
        """Whether the account has the customer-service right. Asked by a typing state for nobody, so that nobody sees it (客服输入状态)."""
        try:
            await self._api.typing("weijing-doctor")
        except PlatformError as error:
            if error.errcode == NO_RIGHT:
                return False
            if error.errcode not in ALLOWED:
                raise
        return True


@asynccontextmanager
async def open_account(settings: Settings) -> AsyncIterator[Account]:
    """The account of these settings; works without Redis."""
    async with aiohttp.ClientSession() as session:
        yield Account(PlatformApi(None, settings, session))
