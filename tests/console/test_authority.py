"""Who may do what: every route of the table, for every role and for nobody.

A route without a rule cannot exist; one that names an object says whose it must be.
"""

from __future__ import annotations

import re

import pytest

from console.routes import ROUTES
from console.staff import ROLES
from tests.console.conftest import Desk, Person

LOGINS = {"agent": "zuoxi1", "supervisor": "zhuguan", "trainer": "xunlian", "auditor": "shenji", "admin": "guanli"}
"""One person for each role; the supervisor is an agent too."""
LIVE = {"/live"}
"""Streams that do not end by themselves; they are asked elsewhere."""
COMMON: set[str] = {
    "/admin/people/{staff}", "/admin/people/{staff}/password", "/admin/people/{staff}/totp", "/admin/people/{staff}/retire", "/admin/people/{staff}/return",
    "/admin/units/{unit}", "/admin/canned/{canned}", "/admin/canned/{canned}/switch",  # an administrator keeps all accounts, units and canned answers
    "/admin/content/notices/{number}/withdrawals", "/admin/content/surveys/{survey}", "/admin/content/surveys/{survey}/days",
    "/admin/content/items/{item}/switch",  # what the bureau says to everybody is of no unit
    "/cases/{number}/readers",  # the auditor reads who read, of every case, and nothing of the case
    "/workbench/models/{model}", "/workbench/models/{model}/sentences", "/workbench/models/{model}/evaluate", "/workbench/models/{model}/release",
    "/workbench/models/{model}/override", "/workbench/jobs/{job}", "/workbench/jobs/{job}/cancel",  # the bureau has one bot: models and jobs are all trainers'
    "/workbench/replay/{handoff}",  # masked words, for all trainers
    "/workbench/review/{id}", "/workbench/review/{id}/why", "/workbench/review/{id}/labels", "/workbench/review/{id}/state", "/workbench/labels/{id}/decision",
    "/workbench/data/{intent}", "/workbench/data/{intent}/examples", "/workbench/data/{intent}/examples/one", "/workbench/data/{intent}/examples/several",
    "/workbench/data/{intent}/name", "/workbench/export/{kind}", "/workbench/history/{commit}", "/workbench/history/{commit}/revert",
    "/workbench/items/{item}", "/workbench/items/{item}/preview", "/workbench/items/{item}/edits", "/workbench/items/{item}/edits/{id}/decision",
    "/workbench/items/{item}/switch", "/workbench/items/{item}/removal",
    # masked words without their sender: every trainer works on all of them; one's own label is refused by the handler
}  # fmt: skip
"""Routes that name an object which is everybody's who has the role: no reach to check."""


def path_of(path: str) -> str:
    """An address of objects that are not there."""
    return re.sub(r"{[^}]+}", "0", path)


async def test_every_route_for_every_role_and_for_nobody(desk: Desk) -> None:
    people: dict[str, Person] = {role: await desk.log_in(login) for role, login in LOGINS.items()}
    nobody, wrong = desk.nobody(), []
    for route in ROUTES:
        if route.path in LIVE or route.path == "/logout":
            continue
        for role, person in {**people, "nobody": nobody}.items():
            page = await (person.get(path_of(route.path)) if route.method == "GET" else person.post(path_of(route.path), htmx=False))
            roles = {"agent", "supervisor"} if role == "supervisor" else {role}
            expected = "let in" if route.public or (role != "nobody" and roles & route.roles) else "kept out"
            kept_out = page.status == 403 or (role == "nobody" and page.status == 303 and page.headers["Location"] == "/login")
            if kept_out != (expected == "kept out") or page.status == 500:
                wrong.append(f"{role} {route.method} {route.path}: {page.status}, but should be {expected}")
    assert not wrong, "\n".join(wrong)


def test_a_route_that_names_an_object_says_whose_it_must_be() -> None:
    loose = [f"{route.method} {route.path}" for route in ROUTES if "{" in route.path and route.reach is None and route.path not in COMMON]
    assert not loose, f"give a reach, or name it in COMMON with the reason: {loose}"


def test_no_route_stands_twice_and_every_act_is_a_word() -> None:
    assert len({(route.method, route.path) for route in ROUTES}) == len(ROUTES)
    assert all(re.fullmatch(r"[a-z_]+\.[a-z_]+", route.act) and route.roles <= set(ROLES) for route in ROUTES)


@pytest.mark.parametrize("csrf", ["", "0" * 32])
async def test_a_deed_without_the_sessions_token_is_not_done(desk: Desk, csrf: str) -> None:
    person = await desk.log_in("zuoxi1")
    assert (await person.post("/logout", csrf=csrf)).status == 403
    assert (await person.get("/")).status == 303, "the session still stands"
