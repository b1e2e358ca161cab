"""Who works here: a person of the staff with roles, as every handler sees them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from aiohttp import web

Role = Literal["agent", "supervisor", "trainer", "auditor", "admin"]
ROLES: dict[Role, str] = {"agent": "坐席", "supervisor": "主管", "trainer": "训练师", "auditor": "审计员", "admin": "管理员"}
"""Role -> its word on a page. Nobody is admin and auditor at once: who grants rights must not judge their use."""


@dataclass(frozen=True)
class Staff:
    """The person behind a session.

    Args:
        session: the digest that names the session.
        must_change: the password was given by somebody else and must be changed before anything else.
        must_enrol: there is no authenticator yet, and one must be set up next.
    """

    id: str
    name: str
    unit_id: str | None
    roles: frozenset[Role]
    session: str = ""
    must_change: bool = False
    must_enrol: bool = False

    @property
    def first(self) -> str:
        """The page that must be done before any other; empty when there is none."""
        return "/me/password" if self.must_change else "/me/totp" if self.must_enrol else ""

    def has(self, *roles: Role) -> bool:
        """Whether the person has one of these roles."""
        return bool(self.roles & set(roles))


STAFF = web.RequestKey("staff", Staff)


def staff_of(request: web.Request) -> Staff:
    """Who asks. Only behind the guard, which has made sure that somebody does."""
    return request[STAFF]
