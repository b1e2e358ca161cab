"""What the page shows: lines of the chat and cards of the trace, as HTML pieces."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable
from itertools import islice

import jinja2

from channels.simulator.people import Exchange, Item, User
from channels.simulator.rich_text import segments

STAMP_AFTER = 300.0
"""Seconds of silence after which the chat shows the time again."""
TRACED = 30
"""Exchanges that a page shows at first."""

STATES = {"running": "推送中", "passive": "被动回复", "silent": "已确认", "fault": "故障"}
OUTCOMES = {"": "等待回应", "answered": "已回应", "timeout": "超时", "unreachable": "连不上", "rejected": "不被接受"}
CALLS = {"message/custom/send": "客服消息", "message/custom/typing": "输入状态", "message/subscribe/bizsend": "订阅通知"}


def clock(at: float) -> str:
    """15:04:05."""
    return time.strftime("%H:%M:%S", time.localtime(at))


def stamp(at: float) -> str:
    """The grey time in the chat: 15:04 today, 11月22日 15:04 otherwise."""
    moment = time.localtime(at)
    minute = time.strftime("%H:%M", moment)
    return minute if moment[:3] == time.localtime()[:3] else f"{moment.tm_mon}月{moment.tm_mday}日 {minute}"


class Phone:
    """Renders pieces.

    Args:
        templates: the simulator's templates.
    """

    def __init__(self, templates: jinja2.Environment) -> None:
        templates.filters |= {"clock": clock, "segments": segments, "pretty_json": pretty_json}
        templates.globals |= {"STATES": STATES, "OUTCOMES": OUTCOMES, "CALLS": CALLS, "action": write_action}
        self._line = templates.get_template("line.html")
        self._exchange = templates.get_template("exchange.html")

    def lines(self, user: User, items: Iterable[Item]) -> str:
        """The chat lines of `items`, with a time where one belongs."""
        before = {item.seq: item.at for item in user.items}
        return "".join(self._one(user, item, before.get(item.seq - 1, 0.0)) for item in items)

    def line(self, user: User, item: Item) -> str:
        """One new chat line."""
        last_two = list(islice(reversed(user.items), 2))
        before = next((other.at for other in last_two if other.seq == item.seq - 1), 0.0)
        return self._one(user, item, before)

    def exchange(self, exchange: Exchange) -> str:
        """One card of the trace."""
        return self._exchange.render(exchange=exchange)

    def trace(self, user: User) -> str:
        """The last cards of the trace, newest first."""
        return "".join(self.exchange(exchange) for exchange in islice(reversed(user.exchanges), TRACED))

    def _one(self, user: User, item: Item, before: float) -> str:
        when = stamp(item.at) if item.at - before > STAMP_AFTER else ""
        running = any(exchange.id == item.exchange and exchange.state == "running" for exchange in islice(reversed(user.exchanges), 5))
        return self._line.render(item=item, user=user, stamp=when, pending=item.side == "user" and running)


def write_action(**fields: object) -> str:
    """What a `data-action` attribute holds; a menu button has either a key or an address."""
    return json.dumps({name: value for name, value in fields.items() if not isinstance(value, jinja2.Undefined)}, ensure_ascii=False)


def pretty_json(text: str) -> str:
    """JSON laid out to be read; what is no JSON stays as it is."""
    try:
        return json.dumps(json.loads(text), ensure_ascii=False, indent=2)
    except ValueError:
        return text
