"""`weijing settings`: every setting, its value, where it comes from and what it means; secrets masked."""

from __future__ import annotations

import sys

from rich.console import Console
from rich.table import Table

from weijing.reach import public_url
from weijing.settings import Settings, load_settings, source_of


def rows(settings: Settings) -> list[tuple[str, str, str, str]]:
    """(name, shown value, source, meaning) in the order of the class."""
    return [
        (name.upper(), shown(name, getattr(settings, name)), source_of(name.upper(), settings), field.field_info.description or "")
        for name, field in Settings.__fields__.items()
    ]


def shown(name: str, value: object) -> str:
    """A value as an operator may see it: secrets as stars, URLs without passwords, empty as a dash."""
    if hasattr(value, "get_secret_value"):
        return "***" if value.get_secret_value() else "-"
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return (public_url(text) if name.endswith("_url") else text) or "-"


def main(argv: list[str]) -> int:
    """Print the table."""
    table = Table(box=None, pad_edge=False)
    for title in ("setting", "value", "source", "meaning"):
        table.add_column(title, overflow="fold")
    for row in rows(load_settings()):
        table.add_row(*row)
    Console(markup=False, width=None if sys.stdout.isatty() else 200).print(table)
    return 0
