"""Routes of the workbench's data side: the review queue, labels, the data, service items."""

from __future__ import annotations

from console.route import Route, get, post
from console.workbench import approval, data, exchange, history, item_adding, item_proposals, items, review

ROUTES: tuple[Route, ...] = (
    get("/workbench/review", review.show, "review.read", "trainer"),
    get("/workbench/review/count", review.count, "counts.read", "trainer", quiet=True),
    get("/workbench/review/{id}", review.show_one, "review.read_one", "trainer"),
    get("/workbench/review/{id}/why", review.why, "review.explain", "trainer"),
    post("/workbench/review/{id}/labels", review.label, "review.label", "trainer"),
    post("/workbench/review/{id}/state", review.set_aside, "review.decide", "trainer"),
    get("/workbench/options", review.options, "options.read", "trainer", quiet=True),
    get("/workbench/labels", approval.show, "labels.read", "trainer", "supervisor"),
    post("/workbench/labels/{id}/decision", approval.decide, "label.decide", "trainer", "supervisor"),
    get("/workbench/data", data.show, "data.read", "trainer"),
    get("/workbench/data/{intent}", data.show_intent, "data.read_intent", "trainer"),
    post("/workbench/data/{intent}/examples", data.add, "data.add", "trainer"),
    post("/workbench/data/{intent}/examples/one", data.change, "data.change", "trainer"),
    post("/workbench/data/{intent}/examples/several", data.change_several, "data.change_several", "trainer"),
    post("/workbench/data/{intent}/name", data.rename, "data.rename", "trainer"),
    get("/workbench/export/{kind}", exchange.export, "data.export", "trainer"),
    post("/workbench/import", exchange.import_file, "data.import", "trainer"),
    get("/workbench/findings", history.show_findings, "findings.read", "trainer"),
    post("/workbench/findings/mends", history.mend, "findings.mend", "trainer"),
    get("/workbench/history", history.show, "history.read", "trainer", "supervisor"),
    get("/workbench/history/{commit}", history.show_one, "history.read_one", "trainer", "supervisor"),
    post("/workbench/history/{commit}/revert", history.revert, "history.revert", "trainer", "supervisor"),
    get("/workbench/items", items.show, "items.read", "trainer", "supervisor"),
    get("/workbench/new-item", item_adding.show_new, "item.new", "trainer", "supervisor"),
    post("/workbench/items", item_adding.propose_new, "item.propose_new", "trainer", "supervisor"),
    post("/workbench/items/{item}/removal", item_adding.propose_removal, "item.propose_removal", "trainer", "supervisor"),
    get("/workbench/items/{item}", items.show_item, "item.read", "trainer", "supervisor"),
    post("/workbench/items/{item}/preview", items.preview, "item.preview", "trainer", "supervisor", quiet=True),
    post("/workbench/items/{item}/edits", items.propose, "item.propose", "trainer", "supervisor"),
    post("/workbench/items/{item}/edits/{id}/decision", item_proposals.decide, "item.decide", "supervisor"),
    post("/workbench/items/{item}/switch", items.switch, "item.switch", "trainer", "supervisor"),
)
