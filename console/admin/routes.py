"""Routes of the administrator."""

from __future__ import annotations

from aiohttp import web

from console.admin.canned import add_canned, change_canned, show_canned, show_new_canned, show_one, switch_canned
from console.admin.people import add_person, bring_back, change_person, give_password, reset_totp, retire, show_new, show_people, show_person
from console.admin.units import add_unit, change_unit, show_new_unit, show_unit, show_units
from console.route import Route, get, post


async def show_admin(_: web.Request) -> web.StreamResponse:
    """The first of the tabs."""
    raise web.HTTPSeeOther("/admin/people")


ROUTES: tuple[Route, ...] = (
    get("/admin", show_admin, "admin.read", "admin", quiet=True),
    get("/admin/people", show_people, "staff.list", "admin"),
    post("/admin/people", add_person, "staff.add", "admin"),
    get("/admin/people/new", show_new, "staff.form", "admin"),
    get("/admin/people/{staff}", show_person, "staff.read", "admin"),
    post("/admin/people/{staff}", change_person, "staff.change", "admin"),
    post("/admin/people/{staff}/password", give_password, "password.give", "admin"),
    post("/admin/people/{staff}/totp", reset_totp, "totp.give", "admin"),
    post("/admin/people/{staff}/retire", retire, "staff.retire", "admin"),
    post("/admin/people/{staff}/return", bring_back, "staff.bring_back", "admin"),
    get("/admin/units", show_units, "unit.list", "admin"),
    post("/admin/units", add_unit, "unit.add", "admin"),
    get("/admin/units/new", show_new_unit, "unit.form", "admin"),
    get("/admin/units/{unit}", show_unit, "unit.read", "admin"),
    post("/admin/units/{unit}", change_unit, "unit.change", "admin"),
    get("/admin/canned", show_canned, "canned.list", "admin"),
    post("/admin/canned", add_canned, "canned.add", "admin"),
    get("/admin/canned/new", show_new_canned, "canned.form", "admin"),
    get("/admin/canned/{canned}", show_one, "canned.read", "admin"),
    post("/admin/canned/{canned}", change_canned, "canned.change", "admin"),
    post("/admin/canned/{canned}/switch", switch_canned, "canned.switch", "admin"),
)
