"""How often one person may use what costs the machine much: trainings, evaluations, a loaded model's answers."""

from __future__ import annotations

from collections.abc import Mapping

from aiohttp import web

from console.context import console_of
from console.staff import staff_of
from weijing.refusals import DeskRefused

BOUNDS: Mapping[str, tuple[int, int]] = {
    "train": (12, 3600), "evaluate": (12, 3600), "crossval": (12, 3600), "replay": (60, 3600), "import": (30, 3600), "talk": (60, 60), "explain": (60, 60),
}  # fmt: skip
"""Door -> (uses, seconds). The way back to an earlier model has none."""


async def bound(request: web.Request, door: str) -> None:
    """Count one use; a door without a bound lets everybody through.

    Raises:
        DeskRefused: 429, too often.
        StoreUnavailable: Redis, which counts, is away.
    """
    if door not in BOUNDS:
        return
    wait = await console_of(request).tally.over(f"workbench-{door}", staff_of(request).id, *BOUNDS[door])
    if wait:
        raise DeskRefused("用得太勤了", f"没有办。请过 {f'{wait // 60 + 1} 分钟' if wait > 60 else f'{wait} 秒'}再试。", 429)
