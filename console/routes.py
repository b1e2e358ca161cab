"""Every route of the console, from its parts. A route that stands here not does not exist; the authority test reads this table."""

from __future__ import annotations

from console import stream
from console.entry import routes as entry
from console.route import Route

ROUTES: tuple[Route, ...] = (*entry.ROUTES, *stream.ROUTES)
