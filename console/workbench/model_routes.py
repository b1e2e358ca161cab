"""Routes of models and jobs."""

from __future__ import annotations

from console.route import Route, get, post
from console.workbench.jobs import cancel, cross_validate, evaluate, override, release, roll_back, show_job, train
from console.workbench.models import show_model, show_models, show_sentences
from console.workbench.replay import replay, show_handoff, show_handoffs
from console.workbench.tryit import say, show_try

ROUTES: tuple[Route, ...] = (
    get("/workbench/models", show_models, "models.read", "trainer", "supervisor"),
    get("/workbench/models/{model}", show_model, "model.read", "trainer", "supervisor"),
    get("/workbench/models/{model}/sentences", show_sentences, "model.sentences", "trainer", "supervisor", quiet=True),
    get("/workbench/jobs/{job}", show_job, "job.read", "trainer", "supervisor", quiet=True),
    get("/workbench/try", show_try, "model.try", "trainer", "supervisor", quiet=True),
    post("/workbench/try", say, "model.talk", "trainer", "supervisor", quiet=True),
    get("/workbench/replay", show_handoffs, "replay.list", "trainer", "supervisor"),
    get("/workbench/replay/{handoff}", show_handoff, "replay.read", "trainer", "supervisor"),
    post("/workbench/replay/{handoff}", replay, "replay.run", "trainer", "supervisor"),
    post("/workbench/train", train, "model.train", "trainer"),
    post("/workbench/crossval", cross_validate, "data.crossval", "trainer"),
    post("/workbench/models/{model}/evaluate", evaluate, "model.evaluate", "trainer"),
    post("/workbench/models/{model}/release", release, "model.release", "trainer", "supervisor"),
    post("/workbench/models/{model}/override", override, "model.override", "supervisor"),
    post("/workbench/rollback", roll_back, "model.rollback", "trainer", "supervisor"),
    post("/workbench/jobs/{job}/cancel", cancel, "job.cancel", "trainer", "supervisor"),
)
