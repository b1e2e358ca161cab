"""The embedded engines: one server a folder, data kept, limits said in a sentence."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import psutil
import pytest
import redis

from weijing.engines import check_disk, start_postgres, start_redis
from weijing.errors import EngineError
from weijing.reach import public_url, reach_redis


def test_redis_keeps_its_data_in_an_aof_and_never_evicts(tmp_path: Path) -> None:
    server = start_redis(tmp_path)
    try:
        client = redis.Redis.from_url(server.url)
        client.set("kept", "yes")
        assert client.config_get("appendonly") == {"appendonly": "yes"}
        assert client.config_get("appendfsync") == {"appendfsync": "everysec"}
        assert client.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}
        assert client.config_get("save") == {"save": ""}
        server.process.kill()
        server.process.wait()
    finally:
        server.stop()
    again = start_redis(tmp_path)
    try:
        assert redis.Redis.from_url(again.url).get("kept") == b"yes"
    finally:
        again.stop()


def test_a_redis_left_behind_is_stopped_first_so_that_two_never_write_one_aof(tmp_path: Path) -> None:
    left = start_redis(tmp_path)
    redis.Redis.from_url(left.url).set("kept", "yes")
    ours = start_redis(tmp_path)
    try:
        assert left.process.wait(10) == 0
        assert redis.Redis.from_url(ours.url).get("kept") == b"yes"
    finally:
        ours.stop()


def test_a_long_folder_name_still_gets_a_socket(tmp_path: Path) -> None:
    server = start_redis(tmp_path / ("长" * 40))
    try:
        assert redis.Redis.from_url(server.url).ping()
    finally:
        server.stop()


def test_a_broken_aof_is_one_sentence_that_names_the_log(tmp_path: Path) -> None:
    (tmp_path / "appendonly.aof").write_bytes(b"*3\r\nnonsense")
    with pytest.raises(EngineError, match=r"did not start; read .*redis\.log"):
        start_redis(tmp_path)


def test_postgresql_starts_again_in_its_folder_with_a_stale_process_number(tmp_path: Path) -> None:
    """After a crash of the host postmaster.pid may name a process that is another program today."""
    server = start_postgres(tmp_path / "pg")
    try:
        pid = tmp_path / "pg" / "postmaster.pid"
        lines = pid.read_text().splitlines()
        server.stop()
        assert not server.alive()
        pid.write_text("\n".join([str(os.getpid()), *lines[1:]]) + "\n")
    finally:
        server.stop()
    again = start_postgres(tmp_path / "pg")
    try:
        assert again.alive() and again.server.get_pid() != os.getpid() and again.url == server.url
        assert psutil.Process(os.getpid()).is_running()
    finally:
        again.stop()


@pytest.mark.skipif(sys.platform != "linux", reason="/proc is a file system without free space only on Linux")
def test_a_full_disk_is_refused() -> None:
    with pytest.raises(EngineError, match="only 0 MiB are free"):
        check_disk(Path("/proc/self"))


def test_a_folder_below_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(EngineError, match="set WEIJING_VAR"):
        check_disk(tmp_path / "file" / "var")


@pytest.mark.parametrize("url", ["redis://:hush@127.0.0.1:1/0", "redis://127.0.0.1:1/0?password=hush", "unix:///nowhere.sock?password=hush"])
def test_a_redis_that_does_not_answer_is_named_without_its_password(url: str) -> None:
    with pytest.raises(EngineError) as caught:
        reach_redis(url, seconds=0.1)
    assert "REDIS_URL" in caught.value.message and "hush" not in caught.value.message


def test_no_redis_address_is_said_at_once() -> None:
    with pytest.raises(EngineError, match="looks like redis://"):
        reach_redis("http://example.org")


def test_a_redis_that_wants_a_password_is_said_at_once(tmp_path: Path) -> None:
    server = start_redis(tmp_path)
    try:
        redis.Redis.from_url(server.url).config_set("requirepass", "hush")
        with pytest.raises(EngineError, match="refuses us"):
            reach_redis(server.url)
    finally:
        server.stop()


def test_public_url_keeps_what_helps_and_no_secret() -> None:
    assert public_url("postgresql://me:hush@db:5432/name?host=/run") == "postgresql://…@db:5432/name?host=/run"
    assert public_url("redis://db:6379/0") == "redis://db:6379/0"
