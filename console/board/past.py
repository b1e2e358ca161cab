"""The figures of past days that PostgreSQL holds, each as the table that the page shows, draws and exports."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import text
from sqlalchemy.engine import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from console.board.figure import Cell, Figure
from console.board.words import OTHER, TOPICS, share, span, topic_of
from console.desk.words import reason_words

SATISFIED = (
    "独立解决：来访（同一群众中间不停顿 30 分钟以上的一段对话）从开始到结束后 24 小时内没有转人工。"
    "满意的独立解决：在此之上，72 小时内没有再来问同一事项或办同一件事，也没有在对话里说差或不满意。最近三天的数还会变。"
)
_VISITS = text("""
    SELECT day, intent, visits, turns, handed, contained, satisfied, answered, clarified, fallbacks, emergencies
    FROM weijing.daily_visits WHERE day >= :first AND day <= :last""")
_DESK = text("""
    SELECT day, reason, handoffs, answered, in_60s, in_5min, answer_s, ended, end_s FROM weijing.daily_desk WHERE day >= :first AND day <= :last""")
_MISSED = text("""
    SELECT min(m.text) AS words, count(*) AS times, count(DISTINCT t.openid) AS people, max(t.at) AS last,
        mode() WITHIN GROUP (ORDER BY t.intent) AS guess
    FROM (SELECT key, openid, intent, at FROM weijing.turns
        WHERE decision = 'fallback' AND at >= CAST(CAST(:first AS date) AS timestamp) AT TIME ZONE 'Asia/Shanghai'
        AND at < CAST(CAST(:last AS date) + 1 AS timestamp) AT TIME ZONE 'Asia/Shanghai' ORDER BY at DESC LIMIT 2000) t
    JOIN weijing.messages m ON m.key = t.key AND m.direction = 'user' AND m.text <> ''
    GROUP BY lower(regexp_replace(m.text, '[[:space:][:punct:]，。！？、；：“”（）…]', '', 'g')) ORDER BY times DESC, last DESC LIMIT 30""")


@dataclass(frozen=True)
class Span:
    """Days from the first to the last, and the topic that is looked at (empty: all)."""

    first: date
    last: date
    topic: str = ""

    @property
    def days(self) -> list[date]:
        """Each of them."""
        return [self.first + timedelta(days=number) for number in range((self.last - self.first).days + 1)]


class Sums(defaultdict[str, float]):
    """Sums by name over rows."""

    def __init__(self, rows: Iterable[Row[Any]] = ()) -> None:
        super().__init__(float)
        for row in rows:
            for name, value in row._mapping.items():
                if isinstance(value, (int, float)) or name not in {"day", "intent", "reason"}:
                    self[name] += int(value)

    def whole(self, name: str) -> int:
        """As a count."""
        return int(self[name])


async def read_past(connection: AsyncConnection, asked: Span) -> tuple[list[Figure], dict[str, Any]]:
    """The figures, and the few numbers at the head of the page."""
    values = {"first": asked.first, "last": asked.last}
    visits = [row for row in await connection.execute(_VISITS, values) if asked.topic in ("", topic_of(row.intent))]
    desk, missed = (await connection.execute(_DESK, values)).all(), (await connection.execute(_MISSED, values)).all()
    total, handled = Sums(visits), Sums(desk)
    head = {
        "visits": total.whole("visits"), "turns": total.whole("turns"), "contained": share(total["contained"], total["visits"]),
        "satisfied": share(total["satisfied"], total["visits"]), "handoffs": handled.whole("handoffs"),
        "answer": span(handled["answer_s"] / handled["answered"] if handled["answered"] else None),
        "end": span(handled["end_s"] / handled["ended"] if handled["ended"] else None),
    }  # fmt: skip
    figures = [
        _by_day(asked, visits), _containment(asked, visits), _decisions(asked, visits), _topics(visits),
        _answer_times(asked, desk), _reasons(desk), _missed(missed),
    ]  # fmt: skip
    return figures, head


def _each_day(asked: Span, rows: Sequence[Row[Any]]) -> list[tuple[str, Sums]]:
    by_day: defaultdict[date, list[Row[Any]]] = defaultdict(list)
    for row in rows:
        by_day[row.day].append(row)
    return [(day.isoformat(), Sums(by_day[day])) for day in asked.days] if rows else []


def _by_day(asked: Span, rows: Sequence[Row[Any]]) -> Figure:
    table = [(day, one.whole("visits"), one.whole("turns"), one.whole("handed")) for day, one in _each_day(asked, rows)]
    note = "来访：同一群众中间不停顿 30 分钟以上的一段对话，记在开始的那天。轮次：群众的每条消息。转人工：转给了人的来访。"
    return Figure("visits", "来访与轮次", note, ("日期", "来访", "轮次", "转人工"), table, "line")


def _containment(asked: Span, rows: Sequence[Row[Any]]) -> Figure:
    table = [(day, share(one["contained"], one["visits"]), share(one["satisfied"], one["visits"]), one.whole("visits")) for day, one in _each_day(asked, rows)]
    return Figure("containment", "独立解决率", SATISFIED, ("日期", "独立解决 %", "满意的独立解决 %", "来访"), table, "line", drawn=2, percent=True)


def _decisions(asked: Span, rows: Sequence[Row[Any]]) -> Figure:
    names = ("answered", "clarified", "fallbacks", "emergencies")
    table: list[Sequence[Cell]] = []
    for day, one in _each_day(asked, rows):
        counts = [one.whole(name) for name in names]
        table.append((day, *counts, one.whole("turns") - sum(counts)))
    note = "机器人对每条消息的处理：直接答、反问确认、没听懂、险情提示；其余是转人工时的记录和菜单操作。"
    return Figure("decisions", "机器人怎么处理", note, ("日期", "直接答", "反问", "没听懂", "险情", "其余"), table, "stack")


def _topics(rows: Sequence[Row[Any]]) -> Figure:
    by_topic: defaultdict[str, list[Row[Any]]] = defaultdict(list)
    for row in rows:
        by_topic[topic_of(row.intent)].append(row)
    sums = [(topic, Sums(by_topic[topic])) for topic in (*TOPICS, OTHER) if by_topic[topic]]
    table = [
        (topic, one.whole("visits"), one.whole("handed"), share(one["contained"], one["visits"]), share(one["satisfied"], one["visits"]))
        for topic, one in sorted(sums, key=lambda pair: -pair[1]["visits"])
    ]
    note = f"主题看来访里第一件正事。{SATISFIED}"
    return Figure("topics", "各主题", note, ("主题", "来访", "转人工", "独立解决 %", "满意的独立解决 %"), table, "bar", drawn=2)


def _answer_times(asked: Span, rows: Sequence[Row[Any]]) -> Figure:
    table: list[Sequence[Cell]] = []
    for day, one in _each_day(asked, rows):
        answer = round(one["answer_s"] / one["answered"] / 60, 1) if one["answered"] else None
        end = round(one["end_s"] / one["ended"] / 60, 1) if one["ended"] else None
        within = (share(one["in_60s"], one["handoffs"]), share(one["in_5min"], one["handoffs"]))
        table.append((day, answer, end, one.whole("handoffs"), *within))
    note = "从转人工到坐席第一次回复、到办结的平均分钟数（含非办公时间）；60 秒和 5 分钟内回复的占全部转人工的比例。"
    head = ("日期", "首次回复（分）", "办结（分）", "转人工", "60 秒内 %", "5 分钟内 %")
    return Figure("answer_times", "人工回复与办结用时", note, head, table, "line", drawn=2)


def _reasons(rows: Sequence[Row[Any]]) -> Figure:
    counts: defaultdict[str, int] = defaultdict(int)
    for row in rows:
        counts[reason_words(row.reason)] += row.handoffs
    table = sorted(counts.items(), key=lambda pair: -pair[1])
    return Figure("reasons", "转人工的原因", "每次转人工记一次原因。", ("原因", "次数"), table, "bar")


def _missed(rows: Sequence[Row[Any]]) -> Figure:
    table = [(row.words, row.times, row.people, topic_of(row.guess), row.last.date().isoformat()) for row in rows]
    note = "最近 2000 条机器人没听懂的原话（敏感内容已遮盖），只差标点和空格的算同一句；最像：当时排第一的主题。"
    empty = "这段时间没有听不懂的问题。机器人没听懂的原话会归类列在这里。"
    return Figure("missed", "没答上来的问题", note, ("原话", "次数", "人数", "最像", "最近"), table, empty=empty)
