"""The backend client before servers that break in every way a network can, and what the base of actions makes of it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable

import aiohttp
import pytest
import pytest_asyncio
from aiohttp import web
from aiohttp.test_utils import TestServer
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions import client
from actions.base import LIMIT_S
from actions.client import Backend
from actions.progress import ActionQueryProgress
from store.context import CURRENT, TurnContext
from weijing.errors import BackendRefused, BackendUnavailable

Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]
Serve = Callable[[Answer], Awaitable[Backend]]


@pytest_asyncio.fixture
async def serve() -> AsyncIterator[Serve]:
    """Starts a server that answers every request so, and gives a client for it, which actions use too."""
    opened: list[tuple[TestServer, Backend]] = []

    async def start(answer: Answer) -> Backend:
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", answer)
        server = TestServer(app)
        await server.start_server()
        made = Backend(aiohttp.ClientSession(str(server.make_url("")).rstrip("/"), headers={"Authorization": "Bearer secret"}))
        opened.append((server, made))
        client._open = (asyncio.get_running_loop(), made)
        return made

    yield start
    client._open = None
    for server, made in opened:
        await made.close()
        await server.close()


def problem(status: int, code: str) -> web.Response:
    return web.json_response({"title": "refused", "status": status, "code": code}, status=status, content_type="application/problem+json")


def dropping(first: int, seen: list[str]) -> Answer:
    """Drops the connection of the first requests, then answers."""

    async def answer(request: web.Request) -> web.StreamResponse:
        seen.append(request.headers.get("Idempotency-Key", ""))
        if len(seen) <= first and request.transport:
            request.transport.close()
        return web.json_response({"items": [], "report_no": "J2026-000001"})

    return answer


async def test_a_dropped_connection_is_tried_once_more_where_that_can_do_no_harm(serve: Serve) -> None:
    seen: list[str] = []
    assert await (await serve(dropping(1, seen))).service_items() == [] and len(seen) == 2
    seen.clear()
    receipt = await (await serve(dropping(1, seen))).submit_report({"content": "…"}, "key-1")
    assert receipt["report_no"] == "J2026-000001" and seen == ["key-1", "key-1"]


async def test_a_second_failure_and_a_call_without_key_are_not_tried_again(serve: Serve) -> None:
    seen: list[str] = []
    with pytest.raises(BackendUnavailable):
        await (await serve(dropping(9, seen))).service_items()
    assert len(seen) <= 4  # aiohttp repeats a GET on its own, too
    seen.clear()
    with pytest.raises(BackendUnavailable):
        await (await serve(dropping(9, seen))).report_progress("J2026-000001", "7KQ2-M9XD")
    assert len(seen) == 1


@pytest.mark.parametrize(
    ("status", "expected"),
    [(500, BackendUnavailable), (503, BackendUnavailable), (401, BackendUnavailable), (404, BackendRefused), (422, BackendRefused)],
)
async def test_statuses_become_our_errors(serve: Serve, status: int, expected: type[Exception]) -> None:
    async def answer(_: web.Request) -> web.StreamResponse:
        return problem(status, "some_code")

    with pytest.raises(expected) as caught:
        await (await serve(answer)).service_items()
    assert "secret" not in str(caught.value)
    if isinstance(caught.value, BackendRefused):
        assert (caught.value.status, caught.value.problem) == (status, "some_code")


async def test_what_is_no_json_is_no_answer(serve: Serve) -> None:
    async def answer(_: web.Request) -> web.StreamResponse:
        return web.Response(text="<html>", content_type="text/html")

    with pytest.raises(BackendUnavailable):
        await (await serve(answer)).service_items()


async def test_a_frozen_backend_costs_less_than_the_limit_of_an_action(serve: Serve) -> None:
    async def answer(_: web.Request) -> web.StreamResponse:
        await asyncio.sleep(20)
        return web.Response()

    await serve(answer)
    started = time.monotonic()
    dispatcher = CollectingDispatcher()
    await ActionQueryProgress().run(dispatcher, progress_tracker(), {})
    assert dispatcher.messages[0]["response"] == "utter_progress_unavailable" and time.monotonic() - started < LIMIT_S + 1.0


async def test_another_error_leaves_the_action(serve: Serve) -> None:
    async def answer(_: web.Request) -> web.StreamResponse:
        return problem(422, "invalid")

    await serve(answer)
    with pytest.raises(BackendRefused):
        await ActionQueryProgress().run(CollectingDispatcher(), progress_tracker(), {})


async def test_masks_are_opened_in_the_body_and_nowhere_else(serve: Serve) -> None:
    bodies: list[str] = []

    async def answer(request: web.Request) -> web.StreamResponse:
        bodies.append(await request.text())
        return web.json_response({})

    made = await serve(answer)
    context = TurnContext("m", "o")
    token = CURRENT.set(context)
    try:
        mask = context.keep("手机", "13812345678")
        await made.submit_report({"reporter": {"phone": mask}, "evidence": [{"ref": f"电话{mask}"}]}, "key")
    finally:
        CURRENT.reset(token)
    assert bodies[0].count("13812345678") == 2 and "〔" not in bodies[0]


def progress_tracker() -> Tracker:
    slots = {"application_no": "A2026-000101", "proof": "7KQ2-M9XD"}
    return Tracker("o", slots, {"text": ""}, [], False, None, {}, "action_listen")
