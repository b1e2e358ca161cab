"""`weijing doctor [--json]`: every check at once, one line a finding; exit code 1 when something does not work."""

from __future__ import annotations

import argparse
import asyncio
import dataclasses
import json
import sys
from collections.abc import Sequence

import aiohttp
from rich.console import Console
from rich.table import Table

from channels.doctor.callback import check_callback, check_way_back
from channels.doctor.engines import check_leftovers, check_postgres, check_redis
from channels.doctor.finding import SECONDS, Check, Finding, Patient, failure
from channels.doctor.house import check_backend, check_disk, check_model, check_pages, check_processes, check_settings
from channels.doctor.platform import check_clock, check_menu, check_quota, check_rights, check_token
from weijing.embedded import with_running_engines
from weijing.errors import SettingsError, WeijingError
from weijing.settings import Settings, load_settings

CHECKS: tuple[Check, ...] = (
    check_settings, check_redis, check_postgres, check_leftovers, check_disk, check_model, check_processes, check_backend,
    check_callback, check_way_back, check_clock, check_token, check_rights, check_quota, check_menu, check_pages,
)  # fmt: skip
"""In the order of the lines."""
MARKS: dict[str, tuple[str, str | None]] = {"good": ("✓", None), "warning": ("!", "yellow"), "failure": ("✗", "red")}


def main(argv: list[str]) -> int:
    """Examine, and print what was found."""
    options = argparse.ArgumentParser("weijing doctor", description=__doc__)
    options.add_argument("--json", action="store_true", help="findings as JSON: name, state (good, warning, failure), words, remedy")
    as_json = options.parse_args(argv).json
    try:
        settings = with_running_engines(load_settings())
    except SettingsError as error:
        findings = [failure("settings", error.message, "docs/settings.md; `weijing settings` prints them")]
    else:
        findings = asyncio.run(examine(settings))
    print(json.dumps([dataclasses.asdict(finding) for finding in findings], ensure_ascii=False, indent=2)) if as_json else show(findings)
    return 1 if any(finding.state == "failure" for finding in findings) else 0


async def examine(settings: Settings, checks: Sequence[Check] = CHECKS, *, seconds: float = SECONDS) -> list[Finding]:
    """Run the checks at the same time, each bounded; a check that breaks is a finding like any other."""
    async with aiohttp.ClientSession() as session:
        patient = Patient(settings, session)
        results = await asyncio.gather(*(asyncio.wait_for(check(patient), seconds) for check in checks), return_exceptions=True)
        patient.close()
    return [finding for check, result in zip(checks, results, strict=True) for finding in _found(check, result)]


def _found(check: Check, result: list[Finding] | BaseException) -> list[Finding]:
    if not isinstance(result, BaseException):
        return result
    name = getattr(check, "__name__", "check").removeprefix("check_").replace("_", " ")
    if isinstance(result, WeijingError):
        return [failure(name, result.message, "see docs/operations.md")]
    words = "no result in time" if isinstance(result, asyncio.TimeoutError) else f"the check itself broke ({type(result).__name__})"
    return [failure(name, words, "try again; if it stays so, it is a fault of ours")]


def show(findings: Sequence[Finding]) -> None:
    """The table for people."""
    table = Table(box=None, pad_edge=False, show_header=False)
    for _ in range(3):
        table.add_column(overflow="fold")
    for finding in findings:
        mark, colour = MARKS[finding.state]
        table.add_row(mark, finding.name, f"{finding.words}\n→ {finding.remedy}" if finding.remedy else finding.words, style=colour)
    Console(markup=False, highlight=False, width=None if sys.stdout.isatty() else 200).print(table)
