"""What a run found, and how it stands to the budgets."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from bench.bare import WINDOWS, Times
from bench.load import Round


@dataclass(frozen=True)
class Row:
    """One line of the table.

    Args:
        ours, stock: the figures; None where there is none.
        better: `more` or `less`, which gives the ratio its direction.
        budget: in words; empty without one.
        kept: whether the budget is kept; None without one.
    """

    what: str
    ours: float
    stock: float | None
    unit: str
    better: str = "less"
    budget: str = ""
    kept: bool | None = None

    @property
    def ratio(self) -> float | None:
        """How many times better ours is."""
        if not self.stock or not self.ours:
            return None
        return self.ours / self.stock if self.better == "more" else self.stock / self.ours


@dataclass
class Results:
    """Everything measured; `weijing` rounds are kept by number of workers."""

    seal_ms: float = 0.0
    start_s: dict[str, list[float]] = field(default_factory=lambda: {"weijing": [], "stock": []})
    memory_mb: dict[str, dict[str, float]] = field(default_factory=dict)
    rounds: dict[str, list[Round]] = field(default_factory=dict)
    bare: dict[str, Times] = field(default_factory=dict)

    def json(self) -> dict[str, Any]:
        """For the file."""
        rounds = {
            name: [
                {**asdict(one), "latencies": None, "per_second": one.per_second, "p50_ms": one.quantile_ms(50), "p99_ms": one.quantile_ms(99)} for one in some
            ]
            for name, some in self.rounds.items()
        }
        return {
            "seal_ms": self.seal_ms, "start_s": self.start_s, "memory_mb": self.memory_mb, "rounds": rounds,
            "bare_ms": {name: {window: (self.turn(name, window), self.turn(name, window, 1)) for window in WINDOWS} for name in self.bare},
            "rows": [{**asdict(row), "ratio": row.ratio} for row in self.rows()],
        }  # fmt: skip

    def rows(self) -> list[Row]:
        """The table."""
        return [*self._path(), *self._turns(), *self._process()]

    def turn(self, side: str, window: str, column: int = 0) -> float:
        """Median ms (or, as column 1, CPU-ms) of the turns of a window."""
        return statistics.median(pair[column] for pair in self.bare[side][window])

    def _path(self) -> list[Row]:
        stock = self.rounds["stock"]
        rows = []
        for workers in (name for name in self.rounds if name != "stock"):
            ours = self.rounds[workers]
            speed, theirs = _median(one.per_second for one in ours), _median(one.per_second for one in stock)
            least = workers == "1 worker"
            rows += [
                Row(
                    f"whole path, {workers}", speed, theirs, "messages/s", "more", "≥ 5 × (aim: 10 ×)" if least else "", speed >= 5 * theirs if least else None
                ),
                Row("  median latency, 64 waiting", _median(one.quantile_ms(50) for one in ours), _median(one.quantile_ms(50) for one in stock), "ms"),
                Row("  99th percentile", _median(one.quantile_ms(99) for one in ours), _median(one.quantile_ms(99) for one in stock), "ms"),
                Row("  right answers", _right(ours), _right(stock), "%", "more", "100" if least else "", _right(ours) == 100 if least else None),
            ]
        return rows

    def _turns(self) -> list[Row]:
        rows = []
        for window in WINDOWS:
            ours, cpu = self.turn("weijing", window), self.turn("weijing", window, 1)
            rows.append(Row(f"turn at message {window}", ours, self.turn("stock", window), "ms"))
            rows.append(Row("  CPU of the process", cpu, self.turn("stock", window, 1), "ms", budget="≤ 1.8", kept=cpu <= 1.8))
        growth = {side: self.turn(side, "400") / self.turn(side, "5") for side in self.bare}
        return [*rows, Row("turn at 400 against turn at 5", growth["weijing"], growth["stock"], "×", budget="≤ 1.2", kept=growth["weijing"] <= 1.2)]

    def _process(self) -> list[Row]:
        start, memory = {side: _median(values) for side, values in self.start_s.items()}, self.memory_mb
        edge = _median(one.cpu_ms["edge"] for one in self.rounds["1 worker"])
        return [
            Row("edge, CPU a push", edge, None, "ms", budget="≤ 1", kept=edge <= 1),
            Row("start to first answer", start["weijing"], start["stock"], "s", budget="≤ 8", kept=start["weijing"] <= 8),
            Row("memory of a worker (PSS)", memory["weijing"]["pss"], memory["stock"]["pss"], "MB", budget="≤ 200", kept=memory["weijing"]["pss"] <= 200),
            Row("  RSS", memory["weijing"]["rss"], memory["stock"]["rss"], "MB"),
            Row("  with its parent / action server", memory["weijing"]["all"], memory["stock"]["all"], "MB"),
        ]


def _median(values: Any) -> float:
    return float(statistics.median(values))


def _right(rounds: Sequence[Round]) -> float:
    return 100 * sum(one.right for one in rounds) / sum(len(one.latencies) for one in rounds)
