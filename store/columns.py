"""What the SQL tables share: their metadata, and columns that come again and again."""

from __future__ import annotations

import sqlalchemy as sa

metadata = sa.MetaData(schema="weijing")


def one_of(column: str, words: tuple[str, ...]) -> sa.CheckConstraint:
    """The column holds one of the words."""
    return sa.CheckConstraint(f"{column} IN ({', '.join(repr(word) for word in words)})", name=f"{column}_known")


def time(name: str, *, nullable: bool = False, now: bool = False) -> sa.Column:
    """A moment; `now`: that of the insert where none is given."""
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable, server_default=sa.func.now() if now else None)
