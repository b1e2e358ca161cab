"""`make bench-desk`: how long the lists of the desk take with 10,000 conversations and 200,000 messages, and which tables they read without an index.

Everything is real: PostgreSQL and Redis of its own, backend and console in processes of their own, a browser's requests one after the other. Each address
is asked 200 times after ten that are not counted. `--quick` asks twenty times and leaves the page of results as it is.
"""

from __future__ import annotations

import asyncio
import os
import re
import statistics
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import asyncpg
from rich.console import Console
from rich.markdown import Markdown

from bench.desk_house import AUDIT, HELD, WORK, DeskHouse, house
from bench.desk_seed import CONVERSATIONS, MESSAGES

REQUESTS, WARMING, QUICK = 200, 10, 20
BUDGET_MS = 300.0
LARGE = 3_000
"""Rows from which on a table should be read by an index."""
OUTPUT = Path(__file__).parents[1] / "docs" / "desk-benchmarks.md"
PAGES: tuple[tuple[str, str, str], ...] = (
    ("待接", "zuoxi1", "/desk/waiting"), ("我的", "zuoxi1", "/desk/mine"), ("全部", "zuoxi1", "/desk/all"), ("已办结", "zuoxi1", "/desk/closed"),
    ("待接，下一页", "zuoxi1", "{next}"), ("待接，加急", "zuoxi1", "/desk/waiting?urgency=urgent"),
    ("待接，主题加区域", "zuoxi1", "/desk/waiting?topic=户政&area=东城区"), ("全部，等了一小时以上", "zuoxi1", "/desk/all?age=60"),
    ("搜说过的话", "zuoxi1", "/desk/waiting?q=第8句"), ("搜没人说过的话", "zuoxi1", "/desk/waiting?q=从来没有"),
    ("搜 openid 末几位", "zuoxi1", "/desk/all?q=00042"),
    ("待审", "zuoxi1", "/desk/held"), ("计数", "zuoxi1", "/counts"), ("一个会话", "zhuguan", "/desk/all/seed-000042"),
    ("办件", "zhuguan", "/cases?scope=all"), ("办件，搜", "zhuguan", "/cases?scope=all&q=J2020-0042"),
    ("看板", "zhuguan", "/board"), ("历史，90 天", "zhuguan", "/board/history?days=90"), ("超期督办", "zhuguan", "/board/overdue"),
    ("来信", "zhuguan", "/admin/content/letters"), ("事项", "zhuguan", "/admin/content/items"), ("人员", "guanli", "/admin/people"),
    ("审计", "shenji", "/audit"), ("审计，某人的一天", "shenji", "/audit/day?who=zuoxi1"), ("审计，谁看过", "shenji", "/audit/object?object=seed-000042"),
)  # fmt: skip
"""(what, whose browser, address)."""
_SCANS = "SELECT relname, seq_tup_read FROM pg_stat_user_tables WHERE n_live_tup > $1"


@dataclass(frozen=True)
class Row:
    """What one address took, in ms, and the large tables that it read row by row: (name, rows a request)."""

    what: str
    path: str
    times: Sequence[float]
    scanned: Sequence[tuple[str, float]]

    @property
    def p95(self) -> float:
        """The 95th percentile, ms."""
        return statistics.quantiles(self.times, n=20)[-1]

    def cells(self) -> tuple[str, ...]:
        """Of the table."""
        scans = "、".join(f"{name}（{rows:.0f} 行）" for name, rows in self.scanned) or "—"
        median, most = statistics.median(self.times), max(self.times)
        return (self.what, f"`{self.path}`", f"{median:.0f}", f"**{self.p95:.0f}**", f"{most:.0f}", scans)


async def log_in(desk: DeskHouse, login: str) -> aiohttp.ClientSession:
    """A browser of somebody."""
    http = aiohttp.ClientSession(desk.base, cookie_jar=aiohttp.CookieJar(unsafe=True))
    form = {"login": login, "password": desk.secrets["CONSOLE_DEMO_PASSWORD"], "code": desk.code()}
    async with http.post("/login", data=form, allow_redirects=False) as answer:
        assert answer.status == 303, await answer.text()
    return http


async def timed(http: aiohttp.ClientSession, path: str) -> float:
    """Milliseconds of one request, its whole body read."""
    started = time.perf_counter()
    async with http.get(path, headers={"HX-Request": "true"} if path.startswith(("/desk/rows", "/counts")) else {}) as answer:
        body = await answer.text()
    assert answer.status == 200, f"{path}: {answer.status} {body[:200]}"
    return 1000 * (time.perf_counter() - started)


async def measured(connection: asyncpg.Connection, http: aiohttp.ClientSession, what: str, path: str, times: int) -> Row:
    """One address, again and again."""
    for _ in range(WARMING):
        await timed(http, path)
    before = await _scans(connection, http, path)
    taken = [await timed(http, path) for _ in range(times)]
    after = await _scans(connection, http, path)
    read = ((name, (after[name] - rows) / (times + 1)) for name, rows in before.items())
    return Row(what, path, taken, sorted((one for one in read if one[1] >= LARGE / 2), key=lambda one: -one[1]))


async def _scans(connection: asyncpg.Connection, http: aiohttp.ClientSession, path: str) -> dict[str, int]:
    """Rows read one by one until now; a connection tells of them with a transaction that is a second younger than what it told before."""
    await asyncio.sleep(1.1)
    await timed(http, path)
    await asyncio.sleep(0.2)
    return {row["relname"]: row["seq_tup_read"] for row in await connection.fetch(_SCANS, LARGE)}


async def measure(desk: DeskHouse, times: int) -> list[Row]:
    """All addresses."""
    browsers = {login: await log_in(desk, login) for login in sorted({login for _, login, _ in PAGES})}
    connection = await asyncpg.connect(desk.database_url)
    rows = []
    try:
        async with browsers["zuoxi1"].get("/desk/waiting") as answer:
            following = re.search(r'hx-get="(/desk/rows[^"]*after=[^"]*)"', await answer.text())
        assert following
        for what, login, path in PAGES:
            rows.append(await measured(connection, browsers[login], what, path.format(next=following[1].replace("&amp;", "&")), times))
            print(f"{what}: p95 {rows[-1].p95:.0f} ms", file=sys.stderr)
    finally:
        await connection.close()
        for http in browsers.values():
            await http.close()
    return rows


def page(rows: Sequence[Row], times: int) -> str:
    """The document."""
    slow = [row.what for row in rows if row.p95 >= BUDGET_MS]
    verdict = "kept by all" if not slow else f"missed by {'、'.join(slow)}"
    table = ["| page | address | median ms | p95 ms | slowest ms | large tables read row by row |", "| --- | --- | --- | --- | --- | --- |"]
    for row in rows:
        what, path, *rest = row.cells()
        table.append(f"| {' | '.join((what, path if len(path) < 70 else path[:60] + '…`', *rest))} |")
    return f"""# The desk under load

Written by `make bench-desk` on {time.strftime("%Y-%m-%d")}: {os.cpu_count()} cores, {CONVERSATIONS:,} conversations, {MESSAGES:,} messages,
{WORK:,} work items, {AUDIT:,} rows of the audit trail, {HELD} held answers. Real PostgreSQL, Redis, backend and console; {times} requests of each address,
one after the other, each with its whole body. Budget: p95 below {BUDGET_MS:.0f} ms; **{verdict}**.

{chr(10).join(table)}

The last column counts rows of tables of more than {LARGE:,} rows that a request read without an index (`pg_stat_user_tables.seq_tup_read`).
`python -m bench.desk --quick` does the same with {QUICK} requests and leaves this page as it is.
"""


def main() -> int:
    """Measure, print, write; 1 when the budget is missed."""
    quick = "--quick" in sys.argv
    times = QUICK if quick else REQUESTS
    with house() as desk:
        rows = asyncio.run(measure(desk, times))
    text = page(rows, times)
    Console().print(Markdown(text))
    if not quick:
        OUTPUT.write_text(text, encoding="utf-8")
    return int(any(row.p95 >= BUDGET_MS for row in rows))


if __name__ == "__main__":
    sys.exit(main())
