"""Shows the results: the table against the budgets, and where the CPU of a message goes."""

from __future__ import annotations

import statistics

from rich.console import Console
from rich.table import Table

from bench.load import Round
from bench.results import Results, Row


def show(console: Console, results: Results) -> None:
    """Both tables, what was answered wrongly, and what sealing would add."""
    table = Table("", "Weijing", "stock Rasa 3.6.21", "better by", "budget", title="Weijing against stock Rasa on the same project")
    for column in table.columns[1:4]:
        column.justify = "right"
    for row in results.rows():
        table.add_row(row.what, _figure(row.ours, row.unit), _figure(row.stock, row.unit), f"{row.ratio:.1f} ×" if row.ratio else "", _budget(row))
    console.print(table)
    console.print(_cpu_table(results.rounds))
    console.print(f"Building and sealing a push costs the load generator {results.seal_ms:.2f} ms; it is done before the clock starts.")
    for name, rounds in results.rounds.items():
        for text, answer in rounds[-1].wrong:
            console.print(f"not right ({name}): {text} → {answer[:80]!r}", markup=False)


def _figure(value: float | None, unit: str) -> str:
    if value is None:
        return ""
    return f"{value:.0f} {unit}" if value >= 100 else f"{value:.3g} {unit}"


def _budget(row: Row) -> str:
    return row.budget if row.kept is None else f"[{'green' if row.kept else 'red'}]{'✓' if row.kept else '✗'} {row.budget}[/]"


def _cpu_table(rounds: dict[str, list[Round]]) -> Table:
    table = Table("CPU-ms a message", *rounds, title="Where the CPU goes")
    names = dict.fromkeys(name for some in rounds.values() for one in some for name in one.cpu_ms)
    for name in (*names, "all"):
        table.add_row(name, *(_cpu(some, name) for some in rounds.values()))
    return table


def _cpu(rounds: list[Round], name: str) -> str:
    values = [sum(one.cpu_ms.values()) if name == "all" else one.cpu_ms.get(name, 0.0) for one in rounds]
    return f"{statistics.median(values):.2f}" if any(values) else ""
