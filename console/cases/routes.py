"""Routes of the cases."""

from __future__ import annotations

from console.cases import bulk, case, deeds, export, listing, openings, printing
from console.cases.reach import reach
from console.route import Route, get, post

ROUTES: tuple[Route, ...] = (
    get("/cases", listing.show_list, "case.listed", "agent", "supervisor"),
    get("/cases/export.xlsx", export.export, "case.exported", "agent", "supervisor"),
    get("/cases/openings", openings.show_openings, "seal.listed", "agent", "supervisor", "auditor"),
    post("/cases/openings/{opening}/approval", openings.approve, "seal.approve", "supervisor", reach=openings.reach_opening),
    post("/cases/assignments", bulk.assign_several, "case.assign_several", "agent", "supervisor"),
    get("/cases/{number}", case.show_case, "case.read", "agent", "supervisor", reach=reach),
    get("/cases/{number}/readers", case.show_readers, "case.readers_read", "auditor"),
    get("/cases/{number}/print.pdf", printing.print_case, "case.printed", "agent", "supervisor", reach=reach),
    get("/cases/{number}/evidence/{evidence}", case.show_evidence, "evidence.read", "agent", "supervisor", reach=reach),
    get("/cases/{number}/compare/{other}", case.compare, "case.compare", "agent", "supervisor", reach=reach),
    post("/cases/{number}/facts", case.open_facts, "case.open_facts", "agent", "supervisor", reach=reach),
    post("/cases/{number}/transitions", deeds.move, "case.move", "agent", "supervisor", reach=reach),
    post("/cases/{number}/assignments", deeds.assign, "case.assign", "agent", "supervisor", reach=reach),
    post("/cases/{number}/asks", deeds.ask, "case.ask", "agent", "supervisor", reach=reach),
    post("/cases/{number}/merges", deeds.merge, "case.merge", "agent", "supervisor", reach=reach),
    post("/cases/{number}/supervisions", deeds.supervise, "case.supervise", "supervisor", reach=reach),
    post("/cases/{number}/notes", deeds.note, "case.note", "agent", "supervisor", reach=reach),
    post("/cases/{number}/seal-openings", openings.ask, "seal.ask", "agent", "supervisor", reach=reach),
    get("/cases/{number}/seal-openings/{opening}", openings.show_reporter, "seal.show", "agent", "supervisor", reach=reach),
)
