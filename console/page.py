"""How a page is written: Jinja2 with the person's name, their places in the rail and the session's token; a fragment when htmx asks for one."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from aiohttp import web
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from console.assets import Assets
from console.places import places
from console.session import csrf
from console.staff import ROLES, STAFF, Staff
from weijing.intent_words import intent_word

SHANGHAI = timezone(timedelta(hours=8))


class Pages:
    """The templates, with what all of them use.

    Args:
        assets: gives addresses of files.
        key: of the tokens that forms carry.
        demo: says on every page that nothing here is real.
    """

    def __init__(self, assets: Assets, key: bytes, *, demo: bool) -> None:
        loader = FileSystemLoader(Path(__file__).with_name("templates"))
        self._environment = Environment(loader=loader, autoescape=True, auto_reload=False, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
        self._environment.globals.update(asset=assets.url, icon=assets.icon, demo=demo, role_words=ROLES, intent_word=intent_word)
        self._environment.filters.update(clock=clock, day=day, exact=exact, local_day=local_day, moment=moment, waited=waited)
        self._key = key

    def write(self, request: web.Request, template: str, /, **values: Any) -> str:
        """The text of a page or fragment. `whole` is False when htmx asked for a part: templates extend `fragment.html` then."""
        staff: Staff | None = request.get(STAFF)
        token = csrf(self._key, staff.session) if staff else ""
        whole = "HX-Request" not in request.headers or "HX-Boosted" in request.headers or "HX-History-Restore-Request" in request.headers
        mine = places(staff, request.path) if staff and not staff.first else []
        shown = {"staff": staff, "csrf": token, "whole": whole, "places": mine, "now": datetime.now(timezone.utc)}
        return self._environment.get_template(template).render(**shown, **values)

    def show(self, request: web.Request, template: str, /, *, status: int = 200, **values: Any) -> web.Response:
        """A page that no cache keeps."""
        return web.Response(text=self.write(request, template, **values), content_type="text/html", status=status, headers={"Cache-Control": "no-store"})


def clock(at: datetime) -> str:
    """`12:03`, in Shanghai."""
    return at.astimezone(SHANGHAI).strftime("%H:%M")


def day(at: datetime) -> str:
    """`11月22日`, with the year if it is another."""
    local, now = at.astimezone(SHANGHAI), datetime.now(SHANGHAI)
    return f"{local.month}月{local.day}日" if local.year == now.year else f"{local.year}年{local.month}月{local.day}日"


def moment(at: datetime) -> str:
    """`12:03` today, else `11月22日 12:03`."""
    local = at.astimezone(SHANGHAI)
    return clock(at) if local.date() == datetime.now(SHANGHAI).date() else f"{day(at)} {clock(at)}"


def exact(at: datetime) -> str:
    """`2026-11-22 12:03:45`, in Shanghai: for what must be told to the second."""
    return at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M:%S")


def local_day(at: datetime) -> str:
    """`2026-11-22`, in Shanghai: for addresses."""
    return at.astimezone(SHANGHAI).date().isoformat()


def waited(at: datetime) -> str:
    """How long ago, as a clock counts: `2:14` (minutes), `3:05:40` (hours), `2 天`."""
    seconds = max(0, int((datetime.now(timezone.utc) - at).total_seconds()))
    if seconds >= 172_800:
        return f"{seconds // 86_400} 天"
    hours, rest = divmod(seconds, 3600)
    return f"{hours}:{rest // 60:02d}:{rest % 60:02d}" if hours else f"{rest // 60}:{rest % 60:02d}"
