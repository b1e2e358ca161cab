"""Routes of the board."""

from __future__ import annotations

from console.board.history import export, show_history
from console.board.now import show_figures, show_now
from console.board.overdue import export_overdue, show_overdue
from console.route import Route, get

ROUTES: tuple[Route, ...] = (
    get("/board", show_now, "board.read", "supervisor"),
    get("/board/now", show_figures, "board.refresh", "supervisor", quiet=True),
    get("/board/history", show_history, "history.read", "supervisor"),
    get("/board/history/file", export, "history.export", "supervisor"),
    get("/board/overdue", show_overdue, "overdue.read", "supervisor"),
    get("/board/overdue/file", export_overdue, "overdue.export", "supervisor"),
)
