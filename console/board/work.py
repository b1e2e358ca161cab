"""What the board reads from the backend: reports by place and hour, ratings, what is overdue."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from console.board.figure import Cell, Figure
from console.board.past import Span
from console.board.words import MARKS, WEEKDAYS, share
from console.calls import Calls

HOURS = tuple(f"{hour}时" for hour in range(24))
KINDS = {"application": "办件", "report": "投诉举报", "letter": "来信", "filing": "备案", "follow_up": "差评回访"}
NOWHERE = "未写地区"


async def read_work(calls: Calls, asked: Span) -> list[Figure]:
    """The figures of the backend.

    Raises:
        BackendUnavailable, BackendRefused: it gives none now.
    """
    days = {"from": asked.first.isoformat(), "to": asked.last.isoformat()}
    told = await calls.get("/v1/work/statistics", **days)
    rated = await calls.get("/v1/ratings/summary", **days)
    heat = (_areas(told["by_area_and_hour"]), _weekdays(told["by_weekday_and_hour"]))
    return [*heat, _received(asked, told["by_day"]), _ends(told["time_to_end"]), _marks(rated)]


def _grid(rows: Sequence[Mapping[str, Any]], name: str) -> dict[Any, list[int]]:
    grid: defaultdict[Any, list[int]] = defaultdict(lambda: [0] * 24)
    for row in rows:
        grid[row[name]][row["hour"]] += row["count"]
    return grid


def _areas(rows: Sequence[Mapping[str, Any]]) -> Figure:
    grid = sorted(_grid(rows, "area").items(), key=lambda pair: -sum(pair[1]))
    table = [[area or NOWHERE, *counts] for area, counts in grid]
    return Figure("areas", "投诉举报：地区与时段", "收到的投诉举报，按写明的地区和收到的钟点（北京时间）。", ("地区", *HOURS), table, "heat")


def _weekdays(rows: Sequence[Mapping[str, Any]]) -> Figure:
    grid = _grid(rows, "weekday")
    table: list[Sequence[Cell]] = [[name, *grid[number]] for number, name in enumerate(WEEKDAYS, start=1) if rows]
    return Figure("weekdays", "投诉举报：星期与时段", "收到的投诉举报，按星期和收到的钟点（北京时间）。", ("星期", *HOURS), table, "heat")


def _received(asked: Span, rows: Sequence[Mapping[str, Any]]) -> Figure:
    counts = {(row["day"], row["kind"]): row["count"] for row in rows}
    table: list[Sequence[Cell]] = [[day.isoformat(), *(counts.get((day.isoformat(), kind), 0) for kind in KINDS)] for day in asked.days if rows]
    return Figure("received", "收件", "当天收到的办件、投诉举报、来信、备案和差评回访。", ("日期", *KINDS.values()), table, "stack")


def _ends(rows: Sequence[Mapping[str, Any]]) -> Figure:
    table = [(KINDS.get(row["kind"], row["kind"]), row["ended"], row["hours"]) for row in rows]
    return Figure("ends", "办结用时", "这段时间收到并已办结的，从收到到办结的平均小时数（自然时间，不含撤回的）。", ("类别", "办结数", "平均小时"), table)


def _marks(rated: Mapping[str, Any]) -> Figure:
    table = []
    for mark, name in MARKS.items():
        counts = rated["marks"][mark]
        total = sum(counts.values())
        table.append((name, counts["good"], counts["fair"], counts["poor"], share(counts["good"] + counts["fair"], total)))
    note = "群众对办结事项的三项评价，按评价那天计；满意率 =（优 + 良）÷ 全部。"
    empty = "这段时间还没有评价。群众评价后出现在这里。"
    return Figure("marks", "评价", note, ("项目", "优", "良", "差", "满意率 %"), table if rated["rated"] else [], "bar", drawn=3, empty=empty)
