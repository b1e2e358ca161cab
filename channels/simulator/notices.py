"""The double of subscription notices (发送订阅通知): strict about consent and about what each field may hold."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from channels.simulator.api import PREFIX, Body, PlatformApi
from channels.wechat.notices import describe, fitting, read_templates
from weijing.errors import PlatformError
from weijing.settings import Settings


class NoticeApi:
    """The call, on the account of one platform.

    Args:
        settings: name the templates that the account has added.
    """

    def __init__(self, api: PlatformApi, settings: Settings) -> None:
        self._api = api
        self.templates = {template: kind for kind, template in read_templates(settings.wechat_notice_templates).items()}

    def routes(self) -> list[web.RouteDef]:
        """What it serves, below `/simulator`."""
        return [web.post(PREFIX + "message/subscribe/bizsend", self._api.signed(self.send))]

    def send(self, _: web.Request, body: Body) -> Body:
        """POST cgi-bin/message/subscribe/bizsend."""
        template, data = str(body.get("template_id", "")), body.get("data")
        user = self._api.receiver(body)
        if template not in self.templates:
            raise PlatformError("invalid template_id", 40037)
        if user.consents.get(template) != "accept":
            raise PlatformError("user refuse to accept the msg", 43101)
        title, names = describe(self.templates[template])
        rows = [{"name": names[name], "value": value} for name, value in _values(data, names).items()]
        user.show("account", "notice", {"title": title, "rows": rows, "page": str(body.get("page", ""))}, self._api.exchange(user), "notice")
        return {}


def _values(data: Any, names: dict[str, str]) -> dict[str, str]:
    """Key -> value, every key of the template and no other."""
    if not isinstance(data, dict) or set(data) != set(names) or not all(isinstance(holder, dict) for holder in data.values()):
        raise PlatformError("argument invalid! data", 47003)
    values = {name: str(holder.get("value", "")) for name, holder in data.items()}
    for name, value in values.items():
        if not value or fitting(name, value) != value:
            raise PlatformError(f"argument invalid! data.{name}.value", 47003)
    return values
