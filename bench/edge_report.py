"""What a run of the edge's benchmark found, as tables: on the terminal and as docs/edge-benchmarks.md."""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markdown import Markdown

from bench.edge_load import WAITING, Load
from bench.edge_overload import Overload

TEMPLATE = Path(__file__).with_name("edge_page.md")


@dataclass
class Results:
    """Everything measured, by server."""

    saturated: dict[str, list[Load]] = field(default_factory=dict)
    steady: dict[str, list[Load]] = field(default_factory=dict)
    cases: dict[str, dict[str, dict[str, bool]]] = field(default_factory=dict)
    overloads: dict[str, Overload] = field(default_factory=dict)
    reference_ms: list[float] = field(default_factory=list)
    versions: dict[str, dict[str, str]] = field(default_factory=dict)

    def json(self) -> dict[str, Any]:
        """For the file."""
        loads = {"saturated": self.saturated, "steady": self.steady}
        return {
            **{kind: {name: [load.json() for load in some] for name, some in sides.items()} for kind, sides in loads.items()},
            "cases": self.cases, "overloads": {what: over.json() for what, over in self.overloads.items()},
            "reference_ms": self.reference_ms, "versions": self.versions,
        }  # fmt: skip


def show(console: Console, results: Results) -> None:
    """The tables."""
    for text in (speed(results), right(results), failing(results), pressed(results)):
        console.print(Markdown(text))
        console.print()


def page(results: Results) -> str:
    """The whole document."""
    ours, peers = results.versions["ours"], results.versions["peers"]
    named = {"WeRoBot": peers, "Tornado": peers, "wechatpy": peers, "aiohttp": peers, "hiredis": ours, "redis": ours}
    facts = {
        "date": time.strftime("%Y-%m-%d"), "cores": str(os.cpu_count()), "reference": _spread(results.reference_ms, "{:.0f} ms"),
        "versions": ", ".join(f"{name} {where[name.lower()]}" for name, where in named.items()),
        "speed": speed(results), "right": right(results), "failing": failing(results), "pressed": pressed(results),
        "rounds": str(len(results.reference_ms) // 3),
    }  # fmt: skip
    text = TEMPLATE.read_text(encoding="utf-8")
    for name, value in facts.items():
        text = text.replace("{{" + name + "}}", value)
    return text


def speed(results: Results) -> str:
    """Pushes a second, CPU and latency."""
    rows = [
        _row(f"pushes/s, {WAITING} waiting at once", results.saturated, lambda load: load.per_second, "{:.0f}"),
        _row("— CPU a push, the server", results.saturated, _server_ms, "{:.2f} ms"),
        _row("— CPU a push, with Redis and the worker", results.saturated, _all_ms, "{:.2f} ms"),
        _row(f"median at {_rate(results):.0f} pushes/s", results.steady, lambda load: load.quantile_ms(50), "{:.1f} ms"),
        _row("— 99th percentile", results.steady, lambda load: load.quantile_ms(99), "{:.0f} ms"),
        _row("— CPU a push, the server", results.steady, _server_ms, "{:.2f} ms"),
        _row("— answered right", results.steady, lambda load: 100 * load.right / load.offered, "{:.1f} %"),
    ]
    return _table(["", *results.saturated], rows)


def right(results: Results) -> str:
    """How many cases of each group a server gets right."""
    groups = next(iter(results.cases.values()))
    rows = [[group, *(_count(cases[group].values()) for cases in results.cases.values())] for group in groups]
    total = [_count(value for group in cases.values() for value in group.values()) for cases in results.cases.values()]
    return _table(["right", *results.cases], [*rows, ["**all**", *(f"**{count}**" for count in total)]])


def failing(results: Results) -> str:
    """The names of the others."""
    lists = {name: [case for group in cases.values() for case, well in group.items() if not well] for name, cases in results.cases.items()}
    return "\n".join(f"- **{name}** fails: {'; '.join(cases) or 'none'}." for name, cases in lists.items())


def pressed(results: Results) -> str:
    """Twice saturation: of the workers, and of the edge itself."""
    columns = [_pressed(over) for over in results.overloads.values()]
    heads = ["twice what … can", *results.overloads]
    return _table(heads, [[row[0], *(column[number][1] for column in columns)] for number, row in enumerate(columns[0])]) if columns else ""


def _pressed(over: Overload) -> list[list[str]]:
    memory = ", ".join(f"{name} {before:.0f} → {after:.0f}" for name, (before, after) in over.memory_mb.items() if name in ("edge", "worker", "redis"))
    return [
        ["offered", f"{over.load.offered} pushes at {over.rate:.0f}/s"],
        ["replied within the request", str(over.replied)],
        ["acknowledged and kept, the reply left to the sender", str(over.later)],
        ["told that they may not have been received, and are not", str(over.refused)],
        ["**later than 4.5 s, or never answered**", f"**{over.late}**"],
        ["median / 99th percentile / slowest", f"{over.load.quantile_ms(50):.0f} / {over.load.quantile_ms(99):.0f} / {1000 * max(over.load.latencies):.0f} ms"],
        ["accepted and lost / with two turns", f"{over.lost} / {over.doubled}"],
        ["last accepted message had its turn", f"{over.drained_s:.0f} s after the last push"],
        ["memory, RSS in MB", memory],
    ]


def _server_ms(load: Load) -> float:
    return sum(value for name, value in load.cpu_ms.items() if name in ("edge", "werobot_echo", "wechatpy_echo"))


def _all_ms(load: Load) -> float:
    return sum(value for name, value in load.cpu_ms.items() if name != "load generator")


def _rate(results: Results) -> float:
    load = next(iter(results.steady.values()))[0]
    return round(load.offered / load.seconds, -1)


def _row(what: str, loads: dict[str, list[Load]], figure: Callable[[Load], float], form: str) -> list[str]:
    return [what, *(_spread([figure(load) for load in some], form) for some in loads.values())]


def _spread(values: list[float], form: str) -> str:
    middle, unit = form.format(statistics.median(values)), form.partition("}")[0] + "}"
    return f"{middle} ({unit.format(min(values))}–{unit.format(max(values))})" if len(values) > 1 else middle


def _count(values: Iterable[bool]) -> str:
    every = list(values)
    return f"{sum(every)}/{len(every)}"


def _table(head: list[str], rows: list[list[str]]) -> str:
    return "\n".join("| " + " | ".join(row) + " |" for row in [head, ["---"] * len(head), *rows])
