"""Every route of the console, from its parts. A route that stands here not does not exist; the authority test reads this table."""

from __future__ import annotations

from console import stream
from console.admin import routes as admin
from console.board import routes as board
from console.cases import routes as cases
from console.content import routes as content
from console.desk import routes as desk
from console.entry import routes as entry
from console.route import Route
from console.trail import routes as trail
from console.workbench import model_routes
from console.workbench import routes as workbench

_PARTS = (entry, admin, desk, cases, board, content, trail, workbench, model_routes, stream)
ROUTES: tuple[Route, ...] = tuple(route for part in _PARTS for route in part.ROUTES)
