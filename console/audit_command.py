"""`weijing audit verify`: read the whole audit trail and check its chain."""

from __future__ import annotations

import asyncio
from argparse import ArgumentParser

from console.audit import verify
from store.db import async_engine
from weijing.embedded import with_running_engines
from weijing.settings import load_settings


def main(argv: list[str]) -> int:
    """0 when every row is whole; 1 names the first that is not.

    Raises:
        EngineError: DATABASE_URL is no PostgreSQL address.
    """
    options = ArgumentParser(prog="weijing audit", description=__doc__)
    options.add_argument("deed", choices=("verify",))
    options.parse_args(argv)
    return asyncio.run(_verify(with_running_engines(load_settings()).database_url))


async def _verify(url: str) -> int:
    engine = async_engine(url)
    try:
        whole, broken = await verify(engine)
    finally:
        await engine.dispose()
    if broken is None:
        print(f"the audit trail is whole: {whole} rows")
        return 0
    print(f"the audit trail is broken at row {broken}; the {whole} rows before it are whole: keep the database as it is and find out who could write there")
    return 1
