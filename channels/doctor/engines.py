"""Redis and PostgreSQL: there, set up so that nothing gets lost, and up to date."""

from __future__ import annotations

import asyncio
from typing import Any

import asyncpg
from redis.exceptions import BusyLoadingError, ResponseError

from channels.doctor.finding import Finding, Patient, failure, good, warning
from store.dead_letters import DeadLetters
from store.evidence import FAULTS as POSTGRES_FAULTS
from store.keys import PARTITIONS, key
from store.redis import FAULTS, Redis, client
from weijing.errors import StoreUnavailable
from weijing.reach import plain_url, public_url

_START = "start the house (`weijing run`), or set {name}"
_FULL = 0.85
"""Share of Redis' memory limit above which it is nearly full; beyond it every message is refused."""
_WAITING = "SELECT count(*) FROM weijing.evidence WHERE state = 'wanted' AND received_at < now() - interval '15 minutes'"


async def check_redis(patient: Patient) -> list[Finding]:
    """Reachable, AOF on, never evicting, room left."""
    url = patient.settings.redis_url
    if not url:
        return [failure("redis", "REDIS_URL is empty and no embedded Redis runs", _START.format(name="REDIS_URL"))]
    redis = client(url, timeout=5.0, connections=2)
    try:
        facts = dict(await redis.info())
        policy = await _policy(redis)
    except BusyLoadingError:
        return [warning("redis", "it is loading its AOF; messages are refused until it is done", "wait; `weijing doctor` again")]
    except FAULTS as error:
        return [failure("redis", f"{public_url(url)} does not answer ({type(error).__name__})", "start Redis, or correct REDIS_URL")]
    finally:
        await redis.close(close_connection_pool=True)
    return _durable(facts, policy) or [good("redis", f"{facts.get('redis_version')}, AOF on, {policy}, {facts.get('used_memory_human')} in use")]


async def _policy(redis: Redis) -> str:
    """`maxmemory-policy`; a server of somebody else's may not tell."""
    try:
        found: dict[str, str] = await redis.config_get("maxmemory-policy")
    except ResponseError:
        return "unknown"
    return found.get("maxmemory-policy", "unknown")


def _durable(facts: dict[str, Any], policy: str) -> list[Finding]:
    found = []
    if not facts.get("aof_enabled"):
        found.append(failure("redis", "its AOF is off: a restart loses conversations and messages", "redis.conf: appendonly yes, appendfsync everysec"))
    elif facts.get("aof_last_write_status", "ok") != "ok":
        found.append(failure("redis", "its last write to the AOF failed: the disk is full or broken", "free space where Redis keeps its AOF"))
    if policy == "unknown":
        found.append(warning("redis", "it does not tell its maxmemory-policy", "make sure that it is noeviction: anything else throws conversations away"))
    elif policy != "noeviction":
        found.append(failure("redis", f"maxmemory-policy is {policy}: when full it throws conversations away", "redis.conf: maxmemory-policy noeviction"))
    limit, used = int(facts.get("maxmemory", 0)), int(facts.get("used_memory", 0))
    if limit and used > _FULL * limit:
        words = f"{100 * used // limit} % of its memory is in use; when it is full every message is refused"
        found.append(warning("redis", words, "redis.conf: more maxmemory"))
    return found


async def check_postgres(patient: Patient) -> list[Finding]:
    """Reachable, tables up to date, evidence fetched in time."""
    url = patient.settings.database_url
    if not url:
        return [failure("postgresql", "DATABASE_URL is empty and no embedded PostgreSQL runs", _START.format(name="DATABASE_URL"))]
    wanted = await asyncio.to_thread(_newest)
    try:
        connection = await asyncpg.connect(plain_url(url), timeout=5)
        try:
            there = await connection.fetchval("SELECT to_regclass('weijing.alembic_version') IS NOT NULL")
            version = await connection.fetchval("SELECT version_num FROM weijing.alembic_version") if there else None
            late = await connection.fetchval(_WAITING) if version == wanted else 0
        finally:
            await connection.close(timeout=2)
    except (*POSTGRES_FAULTS, ValueError) as error:
        return [failure("postgresql", f"{public_url(url)} cannot be used ({type(error).__name__})", "start PostgreSQL, or correct DATABASE_URL")]
    if version != wanted:
        return [failure("postgresql", f"the tables are at version {version or 'none'}, the program needs {wanted}", "weijing migrate")]
    found = [good("postgresql", f"tables at version {version}")]
    if late:
        found.append(warning("evidence", f"{late} files wait longer than 15 minutes to be fetched; WeChat keeps them three days", "see var/log/evidence.log"))
    return found


def _newest() -> str | None:
    """The newest migration; imported here, for Alembic is heavy."""
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    from store.migrate import MIGRATIONS

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    return ScriptDirectory.from_config(config).get_current_head()


async def check_leftovers(patient: Patient) -> list[Finding]:
    """Dead letters, and events that could not be written; silent while Redis is away, for that is said already."""
    if not patient.settings.redis_url:
        return []
    redis = client(patient.settings.redis_url, timeout=5.0, connections=2)
    try:
        dead = await DeadLetters(redis).count()
        pipe = redis.pipeline(transaction=False)
        for part in range(PARTITIONS):
            pipe.xlen(key(part, "events", "bad"))
        bad = sum(await pipe.execute())
    except (*FAULTS, StoreUnavailable):
        return []
    finally:
        await redis.close(close_connection_pool=True)
    found = [good("leftovers", "nothing was given up")] if not dead and not bad else []
    if dead:
        found.append(warning("dead letters", f"{dead} messages or replies were given up", "weijing dead list"))
    if bad:
        found.append(warning("bad events", f"{bad} events could not be written to PostgreSQL", "see var/log/projector.log; it is a fault of ours"))
    return found
