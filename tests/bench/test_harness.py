"""The harness measures what it says: right words, right order, sealed pushes, failures counted. No timing is asserted."""

from __future__ import annotations

from collections.abc import AsyncIterator
from io import StringIO
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest
import pytest_asyncio
from aiohttp import web
from rich.console import Console

from bench.bare import WINDOWS
from bench.load import Request, Round, first_answer, judge, send
from bench.process import Process, cpu_seconds, free_ports, memory_mb
from bench.report import show
from bench.results import Results
from bench.script import LENGTH, PIECES, Line, conversation
from bench.weijing_side import WeijingSide, spread
from channels.wechat.envelope import Envelope
from channels.wechat.push import read_push
from weijing.errors import EngineError
from weijing.generated import generated_secrets
from weijing.settings import Settings


def request(user: str, text: str, port: int = 9) -> Request:
    return Request(f"http://127.0.0.1:{port}/", f"{user}:{text}".encode(), {}, user, Line(text, text))


def words(_: Request, body: str) -> str:
    return body


@pytest_asyncio.fixture
async def echo() -> AsyncIterator[tuple[int, list[str]]]:
    """A server that answers what it was sent, but not 「沉默」; and what it was sent."""
    heard: list[str] = []

    async def answer(request: web.Request) -> web.Response:
        heard.append(await request.text())
        return web.Response(text="" if "沉默" in heard[-1] else heard[-1])

    app = web.Application()
    app.router.add_post("/", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    [port] = free_ports(1)
    await web.TCPSite(runner, "127.0.0.1", port).start()
    yield port, heard
    await runner.cleanup()


def test_everybody_says_every_line_and_pieces_stay_together() -> None:
    talks = [conversation(user) for user in range(len(PIECES))]
    assert {talk[0] for talk in talks} == {piece[0] for piece in PIECES}
    for talk in talks:
        assert sorted(line.text for line in talk) == sorted(line.text for piece in PIECES for line in piece)
        for piece in PIECES:
            start = talk.index(piece[0])
            assert tuple(talk[start : start + len(piece)]) == piece


def test_windows_hold_every_line_equally_often() -> None:
    assert all((last - first + 1) % LENGTH == 0 for first, last in WINDOWS.values())


async def test_users_of_a_lane_take_turns_and_keep_their_order(echo: tuple[int, list[str]]) -> None:
    port, heard = echo
    talks = [[request(user, text, port) for text in ("一", "二", "三")] for user in "abc"]
    seconds, answered = await send(spread(talks, 1))
    assert heard == ["a:一", "b:一", "c:一", "a:二", "b:二", "c:二", "a:三", "b:三", "c:三"]
    assert seconds > 0 and len(answered) == 9
    assert judge(answered, words) == (9, [])


async def test_silence_and_refused_connections_are_no_right_answers(echo: tuple[int, list[str]]) -> None:
    [closed] = free_ports(1)
    _, answered = await send([[request("a", "沉默", echo[0])], [request("b", "在吗", closed)], [request("c", "在吗", echo[0])]])
    right, wrong = judge(answered, words)
    assert right == 1
    assert sorted(text for text, _ in wrong) == ["在吗", "沉默"]
    with pytest.raises(EngineError, match="沉默"):
        await first_answer(request("d", "沉默", echo[0]), words)


def test_pushes_are_what_the_edge_opens(tmp_path: Path) -> None:
    side = WeijingSide(tmp_path, tmp_path)
    try:
        requests = [one for lane in side.requests(2, lanes=2) for one in lane]
    finally:
        side.stop()
    account = {name.lower(): value for name, value in generated_secrets(tmp_path).items()}
    edge = Envelope(Settings.parse_obj({"weijing_env": "test", **account}))
    pushes = [read_push(edge.open(dict(parse_qsl(urlsplit(one.url).query)), one.body).fields) for one in requests]
    assert [push.message.text for push in pushes] == [one.line.text for one in requests]
    assert [push.message.openid for push in pushes] == [one.user for one in requests]
    assert len({push.message.key for push in pushes}) == 2 * LENGTH


def test_a_process_is_weighed_and_its_failure_told(tmp_path: Path) -> None:
    busy = Process("busy", ["http.server", str(free_ports(1)[0]), "--bind", "127.0.0.1"], tmp_path, {})
    try:
        pss, rss = memory_mb(busy.pid)
        assert 0 < pss <= rss
        assert cpu_seconds(busy.pid) >= 0
    finally:
        busy.stop()
    assert cpu_seconds(busy.pid) == 0
    with pytest.raises(EngineError, match="No module named no_such_module"):
        Process("broken", ["no_such_module"], tmp_path, {}).finish(30)


def results(*, stock_seconds: float, turn_400: float) -> Results:
    def one(seconds: float) -> Round:
        return Round(seconds, [0.1, 0.2, 0.3], 3, [], {"edge": 0.5})

    turns = {"5": [(2.0, 1.0)], "50": [(2.0, 1.0)], "400": [(turn_400, 1.0)]}
    memory = {"pss": 100.0, "rss": 200.0, "all": 300.0}
    rounds = {"1 worker": [one(1.0)], "stock": [one(stock_seconds)]}
    return Results(0.1, {"weijing": [5.0], "stock": [25.0]}, {"weijing": memory, "stock": memory}, rounds, {"weijing": turns, "stock": turns})


def test_budgets_are_held_against_the_figures() -> None:
    kept = {row.what.strip(): row.kept for row in results(stock_seconds=5.0, turn_400=2.4).rows()}
    assert kept["whole path, 1 worker"] and kept["turn at 400 against turn at 5"]
    broken = {row.what.strip(): row.kept for row in results(stock_seconds=4.9, turn_400=2.5).rows()}
    assert broken["whole path, 1 worker"] is False and broken["turn at 400 against turn at 5"] is False
    page = StringIO()
    show(Console(file=page, width=160), results(stock_seconds=5.0, turn_400=2.5))
    assert "5.0 ×" in page.getvalue() and "✗ ≤ 1.2" in page.getvalue()
