"""Shows what the benchmark is doing and for how long; on a terminal the line moves, elsewhere each step is one line when it begins and one when it is done."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType

from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn


class Steps:
    """The steps of a run, used as a context manager."""

    def __init__(self, console: Console) -> None:
        self._console = console
        columns = (SpinnerColumn(), TextColumn("{task.description}", markup=False), TimeElapsedColumn())
        self._progress = Progress(*columns, console=console, transient=True, refresh_per_second=1, disable=not console.is_terminal)

    def __enter__(self) -> Steps:
        self._progress.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._progress.stop()

    @contextmanager
    def step(self, what: str) -> Iterator[None]:
        """One step, with its time."""
        started = time.monotonic()
        task = self._progress.add_task(what)
        if not self._console.is_terminal:
            print(f"… {what}", flush=True)
        yield
        self._progress.remove_task(task)
        self._progress.console.print(f"✓ {what}  {time.monotonic() - started:.0f} s", markup=False, highlight=False)
