"""The embedded engines of one `weijing run`: started when no URL is set, and started again when they die."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from weijing.engines import EmbeddedPostgres, EmbeddedRedis, socket_path, start_postgres, start_redis
from weijing.errors import EngineError
from weijing.reach import reach_redis
from weijing.settings import Settings


def with_running_engines(settings: Settings) -> Settings:
    """The settings with the addresses of the embedded engines of a house that runs on this machine; an address that is empty then has no engine behind it."""
    found = {"redis_url": _redis_url(settings.weijing_var / "redis"), "database_url": _postgres_url(settings.weijing_var / "postgres" / "postmaster.pid")}
    return settings.copy(update={name: url for name, url in found.items() if not getattr(settings, name)})


def _redis_url(folder: Path) -> str:
    path = socket_path(folder.resolve(), "redis.sock")
    return f"unix://{path}" if path.exists() else ""


def _postgres_url(pid_file: Path) -> str:
    """Line 4 of the file is the port, line 5 the folder of the socket."""
    try:
        port, folder = pid_file.read_text().splitlines()[3:5]
    except (OSError, ValueError):
        return ""
    return f"postgresql://postgres@/postgres?host={folder}&port={port}"


class Engines:
    """Redis and PostgreSQL of this run.

    Args:
        settings: an URL that is set is used, and its server is nobody's but the operator's.
        say: shows one line to the operator.
    """

    def __init__(self, settings: Settings, say: Callable[[str], None]) -> None:
        self._var: Path = settings.weijing_var
        self._urls = {"REDIS_URL": settings.redis_url, "DATABASE_URL": settings.database_url}
        self._redis: EmbeddedRedis | None = None
        self._postgres: EmbeddedPostgres | None = None
        self._say = say

    def start(self) -> None:
        """Start what is embedded, wait for what is not. PostgreSQL behind a URL is waited for by `weijing migrate`.

        Raises:
            EngineError: an engine cannot be started or reached.
        """
        if self._urls["REDIS_URL"]:
            reach_redis(self._urls["REDIS_URL"])
        else:
            self._redis = start_redis(self._var / "redis")
        if not self._urls["DATABASE_URL"]:
            self._postgres = start_postgres(self._var / "postgres")

    @property
    def environment(self) -> dict[str, str]:
        """The URLs for the processes of the house."""
        return {
            "REDIS_URL": self._redis.url if self._redis else self._urls["REDIS_URL"],
            "DATABASE_URL": self._postgres.url if self._postgres else self._urls["DATABASE_URL"],
        }

    @property
    def note(self) -> str:
        """Which engine is whose."""
        return f"Redis {'embedded' if self._redis else 'at REDIS_URL'}, PostgreSQL {'embedded' if self._postgres else 'at DATABASE_URL'}"

    def tick(self) -> None:
        """Start an embedded engine again that has died; the processes wait for it meanwhile."""
        try:
            if self._redis and self._redis.process.poll() is not None:
                self._say("! the embedded Redis stopped and is started again")
                self._redis = start_redis(self._var / "redis")
            if self._postgres and not self._postgres.alive():
                self._say("! the embedded PostgreSQL stopped and is started again")
                self._postgres = start_postgres(self._var / "postgres")
        except EngineError as error:
            self._say(f"! {error.message}")

    def stop(self) -> None:
        """Stop what is embedded, each with its data on disk."""
        if self._postgres:
            self._postgres.stop()
        if self._redis:
            self._redis.stop()
