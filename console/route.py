"""A route of the console: its handler and who may use it on what. The guard knows no other routes, so none is without a rule."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Literal

from aiohttp import web

from console.staff import ROLES, Role, Staff

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
Reach = Callable[[web.Request, Staff], Awaitable[bool]]
"""Whether the object that the address names is within this person's reach; what is not looks as if it did not exist."""

EVERYBODY: frozenset[Role] = frozenset(ROLES)


@dataclass(frozen=True)
class Route:
    """One row of the route table.

    Args:
        method: POST changes something and carries the session's token.
        path: as aiohttp writes it.
        act: the word of the audit trail, `noun.verb`, e.g. `conversation.read`.
        roles: who may; empty = who is not logged in too (the way in, and nothing else).
        reach: see `Reach`; None = every object.
        quiet: allowed uses are not written to the audit trail (counters, the live stream): they show nobody's data.
    """

    method: Literal["GET", "POST"]
    path: str
    handler: Handler
    act: str
    roles: frozenset[Role] = EVERYBODY
    reach: Reach | None = None
    quiet: bool = False

    @property
    def public(self) -> bool:
        """Whether it needs no login."""
        return not self.roles


def get(path: str, handler: Handler, act: str, *roles: Role, reach: Reach | None = None, quiet: bool = False) -> Route:
    """A page or a fragment; without roles everybody who is logged in may."""
    return Route("GET", path, handler, act, frozenset(roles) or EVERYBODY, reach, quiet)


def post(path: str, handler: Handler, act: str, *roles: Role, reach: Reach | None = None, quiet: bool = False) -> Route:
    """A deed; without roles everybody who is logged in may."""
    return Route("POST", path, handler, act, frozenset(roles) or EVERYBODY, reach, quiet)
