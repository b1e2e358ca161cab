"""Every route of the console, from its parts. A route that stands here not does not exist; the authority test reads this table."""

from __future__ import annotations

from console import stream
from console.admin import routes as admin
from console.cases import routes as cases
from console.entry import routes as entry
from console.route import Route
from console.trail import routes as trail

ROUTES: tuple[Route, ...] = (*entry.ROUTES, *admin.ROUTES, *cases.ROUTES, *trail.ROUTES, *stream.ROUTES)
