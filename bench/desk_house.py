"""A house for the desk's benchmark: engines, backend and console of its own, and the tables filled."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg2
import pyotp

from bench.desk_seed import seed
from bench.process import Process, free_ports
from console.board.daily import count_days
from store.db import async_engine
from store.migrate import migrate
from weijing.engines import start_postgres, start_redis
from weijing.generated import generated_secrets

WORK, AUDIT, HELD, MINE = 10_000, 100_000, 200, 8
FILL = (
    f"""INSERT INTO backend.work (number, kind, topic, title, words, state, unit, assignee, urgency, urgency_reasons, area, mode, complaint, against,
            received_at, promised_on, legal_on, workdays, yellow_on, waiting_since, ended_at, supervision, version)
        SELECT 'J2020-' || lpad(n::text, 6, '0'), w.kind, topic, title, 'j2020-' || lpad(n::text, 6, '0') || ' ' || words, state, unit, assignee, urgency,
            urgency_reasons, area, mode, complaint, against, received_at - make_interval(mins => n), promised_on, legal_on, workdays, yellow_on,
            waiting_since, ended_at, supervision, version
        FROM generate_series(1, {WORK}) n
        JOIN (SELECT *, row_number() OVER () - 1 AS place, count(*) OVER () AS many FROM backend.work WHERE kind = 'report') w ON w.place = n % w.many""",
    f"""INSERT INTO weijing.audit (seq, at, staff_id, act, object, previous, hash)
        SELECT n, now() - make_interval(secs => 5 * ({AUDIT} - n)), 'zuoxi' || (1 + n % 2), 'conversation.read', 'seed-' || lpad((n % 10000)::text, 6, '0'),
            '', '' FROM generate_series(1, {AUDIT}) n""",
    f"""INSERT INTO weijing.held_answers (key, openid, bubbles, reason, item, asked, at, until)
        SELECT 'seed-held-' || n, 'seed-' || lpad(n::text, 6, '0'), '[{{"text": "答复"}}]', 'risk', 'admin_review', '第' || n || '问', now(),
            now() + interval '1 hour' FROM generate_series(1, {HELD}) n""",
    f"""UPDATE weijing.conversations SET assignee = 'zuoxi1' WHERE openid IN
        (SELECT openid FROM weijing.conversations WHERE owner = 'staff' ORDER BY openid LIMIT {MINE})""",
    "ANALYZE",
)  # fmt: skip
"""Beside what `bench.desk_seed` writes: work items, rows of the audit trail, held answers, and conversations of one's own."""


@dataclass(frozen=True)
class DeskHouse:
    """What is measured: the console's address, the database and the demo's secrets."""

    base: str
    database_url: str
    secrets: dict[str, str]

    def code(self) -> str:
        """The six digits of now."""
        return pyotp.TOTP(self.secrets["CONSOLE_DEMO_TOTP"]).now()


@contextmanager
def house() -> Iterator[DeskHouse]:
    """Everything started and filled; stopped afterwards."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="weijing-bench-desk-")))
        redis, postgres = start_redis(folder / "redis"), start_postgres(folder / "postgres")
        stack.callback(redis.stop)
        stack.callback(postgres.stop)
        backend_port, console_port = free_ports(2)
        secrets = generated_secrets(folder)
        migrate(postgres.url)
        environment = {
            "WEIJING_ENV": "demo", "WEIJING_VAR": str(folder), "DATABASE_URL": postgres.url, "REDIS_URL": redis.url, "BACKEND_PORT": str(backend_port),
            "CONSOLE_PORT": str(console_port), "BACKEND_URL": f"http://127.0.0.1:{backend_port}", "CONSOLE_HOST": "127.0.0.1",
        }  # fmt: skip
        for name, port in (("backend", backend_port), ("console", console_port)):
            process = Process(name, ["weijing", name], folder, environment)
            stack.callback(process.stop)
            process.wait_ready(port, "/readyz")
        _fill(postgres.url)
        yield DeskHouse(f"http://127.0.0.1:{console_port}", postgres.url, secrets)


def _fill(url: str) -> None:
    asyncio.run(seed(url))
    connection = psycopg2.connect(url)
    with connection, connection.cursor() as cursor:
        for statement in FILL:
            cursor.execute(statement)
    connection.close()
    asyncio.run(_count(url))


async def _count(url: str) -> None:
    engine = async_engine(url)
    await count_days(engine)
    await engine.dispose()
