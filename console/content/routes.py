"""Routes of the pages of content: for administrators and supervisors."""

from __future__ import annotations

from aiohttp import web

from console.content.hours import set_hours, show_hours
from console.content.items import show_items, switch_item
from console.content.notices import preview_notice, publish_notice, show_new_notice, show_notices, withdraw_notice
from console.content.replies import reply, show_list, show_one, within_reach
from console.content.surveys import change_days, make_survey, show_new_survey, show_survey, show_surveys
from console.route import Route, get, post
from console.staff import Role

WHO: tuple[Role, ...] = ("admin", "supervisor")
ROOT = "/admin/content"


async def show_first(request: web.Request) -> web.StreamResponse:
    """Where content begins."""
    raise web.HTTPSeeOther(f"{ROOT}/notices")


ROUTES: tuple[Route, ...] = (
    get(ROOT, show_first, "content.read", *WHO, quiet=True),
    get(f"{ROOT}/notices", show_notices, "notices.read", *WHO),
    get(f"{ROOT}/notices/new", show_new_notice, "notice.form", *WHO),
    post(f"{ROOT}/notices/preview", preview_notice, "notice.preview", *WHO, quiet=True),
    post(f"{ROOT}/notices", publish_notice, "notice.publish", *WHO),
    post(f"{ROOT}/notices/{{number}}/withdrawals", withdraw_notice, "notice.withdraw", *WHO),
    get(f"{ROOT}/surveys", show_surveys, "surveys.read", *WHO),
    get(f"{ROOT}/surveys/new", show_new_survey, "survey.form", *WHO),
    post(f"{ROOT}/surveys", make_survey, "survey.make", *WHO),
    get(f"{ROOT}/surveys/{{survey}}", show_survey, "survey.read", *WHO),
    post(f"{ROOT}/surveys/{{survey}}/days", change_days, "survey.change", *WHO),
    get(f"{ROOT}/letters", show_list, "letters.read", *WHO),
    get(f"{ROOT}/letters/{{number}}", show_one, "letter.read", *WHO, reach=within_reach),
    post(f"{ROOT}/letters/{{number}}/replies", reply, "letter.reply", *WHO, reach=within_reach),
    get(f"{ROOT}/follow-ups", show_list, "follow_ups.read", *WHO),
    get(f"{ROOT}/follow-ups/{{number}}", show_one, "follow_up.read", *WHO, reach=within_reach),
    post(f"{ROOT}/follow-ups/{{number}}/replies", reply, "follow_up.reply", *WHO, reach=within_reach),
    get(f"{ROOT}/items", show_items, "items.read", *WHO),
    get(f"{ROOT}/hours", show_hours, "hours.read", *WHO),
    post(f"{ROOT}/hours", set_hours, "hours.change", *WHO),
    post(f"{ROOT}/items/{{item}}/switch", switch_item, "item.switch", *WHO),
)
