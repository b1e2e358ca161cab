"""Doubles of the calls that set an account up: QR codes, quotas, addresses and the platform's look at our callback."""

from __future__ import annotations

import base64
import secrets
from urllib.parse import urlsplit

from aiohttp import web

from channels.simulator.api import PREFIX, Body, PlatformApi
from weijing.errors import PlatformError

LIMITS = {"/cgi-bin/message/custom/send": 500_000, "/cgi-bin/menu/create": 1000, "/cgi-bin/qrcode/create": 100_000}
"""Calls a day of a new account (接口调用频次限制说明)."""
LONGEST_S = 2_592_000
_ADDRESSES = ["203.0.113.7", "203.0.113.8"]
"""From the block for documentation: nobody's."""


class AccountApi:
    """The calls, on the account of one platform.

    Args:
        api: answers, and checks the access token.
    """

    def __init__(self, api: PlatformApi) -> None:
        self._api = api

    def routes(self) -> list[web.RouteDef]:
        """What it serves, below `/simulator`."""
        return [
            web.post(PREFIX + "qrcode/create", self._api.signed(self.create_qr_code)),
            web.post(PREFIX + "openapi/quota/get", self._api.signed(self.quota)),
            web.post(PREFIX + "callback/check", self._api.signed(self.check_callback)),
            web.get(PREFIX + "getcallbackip", self._api.signed(self.addresses)),
            web.get(PREFIX + "get_api_domain_ip", self._api.signed(self.addresses)),
        ]

    def create_qr_code(self, _: web.Request, body: Body) -> Body:
        """POST cgi-bin/qrcode/create, for scenes that are strings."""
        if not self._api.platform.verified:
            raise PlatformError("api unauthorized", 48001)
        name, info = body.get("action_name"), body.get("action_info")
        scene = (info.get("scene") or {}).get("scene_str") if isinstance(info, dict) else None
        if name not in {"QR_STR_SCENE", "QR_LIMIT_STR_SCENE"} or not isinstance(scene, str) or not 1 <= len(scene) <= 64:
            raise PlatformError("invalid action_info", 40053)
        life = {} if name == "QR_LIMIT_STR_SCENE" else {"expire_seconds": min(LONGEST_S, int(body.get("expire_seconds") or 60))}
        ticket = secrets.token_urlsafe(48)
        self._api.platform.tickets[ticket] = scene
        return {"ticket": ticket, **life, "url": f"http://weixin.qq.com/q/{base64.urlsafe_b64encode(ticket.encode()).decode()[:22]}"}

    def quota(self, _: web.Request, body: Body) -> Body:
        """POST cgi-bin/openapi/quota/get."""
        path = str(body.get("cgi_path"))
        if path not in LIMITS:
            raise PlatformError("cgi_path not found, please check", 76021)
        used = self._api.platform.used.get(path, 0)
        return {"quota": {"daily_limit": LIMITS[path], "used": used, "remain": LIMITS[path] - used}}

    def check_callback(self, _: web.Request, body: Body) -> Body:
        """POST cgi-bin/callback/check; our own machine is always found."""
        if body.get("action") not in {"dns", "ping", "all"}:
            raise PlatformError("invalid action", 40201)
        host = urlsplit(self._api.platform.callback).hostname
        return {"dns": [{"ip": host, "real_operator": "UNICOM"}], "ping": [{"ip": host, "from_operator": "CAP", "package_loss": "0%", "time": "1.000ms"}]}

    def addresses(self, _: web.Request, __: Body) -> Body:
        """GET cgi-bin/getcallbackip and get_api_domain_ip."""
        return {"ip_list": _ADDRESSES}
