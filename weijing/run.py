"""`weijing run`: the whole house from one command, and nothing of it left behind.

settings → disk → ports → engines → tables → model → processes → ready. What was started is stopped in the opposite order, whatever happens.
"""

from __future__ import annotations

import argparse
import contextlib
import fcntl
import importlib
import os
import time
from collections.abc import Iterator
from pathlib import Path

from weijing.embedded import Engines
from weijing.engines import check_disk
from weijing.errors import StartError
from weijing.fleet import TICK_S, Fleet
from weijing.ports import LISTENERS, base_url, check_ports
from weijing.processes import Child
from weijing.settings import Settings, load_settings
from weijing.stopping import Stop, Stopped
from weijing.terminal import Terminal

THREADS = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS"), "1")
"""A turn multiplies one small vector: more threads only fight over the cores."""
QUIET = {"RASA_TELEMETRY_ENABLED": "false", "PYTHONUNBUFFERED": "1", "PYTHONWARNINGS": "ignore"}
SHOWN_DEMOS = 3
CONSOLE_DEMO = "zuoxi1 zuoxi2（坐席） zhuguan（主管） xunlian（训练师） shenji（审计员） guanli（管理员）"


def main(argv: list[str]) -> int:
    """Run until Ctrl-C or SIGTERM; 0 after a clean stop.

    Raises:
        WeijingError: the house cannot be brought up; what was started is stopped again.
    """
    names, terminal, stop = _names(argv), Terminal(), Stop()
    try:
        with contextlib.ExitStack() as house:
            _run(names, house, terminal, stop)
    except Stopped:
        terminal.say("✓ stopped; the data is kept")
    return 0


def _names(argv: list[str]) -> list[str]:
    options = argparse.ArgumentParser("weijing run", description="Start engines and every process, and wait until they are ready.")
    every = ",".join(LISTENERS)
    options.add_argument("--only", metavar="NAMES", default=every, help=f"start only these processes (default: {every})")
    wanted = options.parse_args(argv).only.split(",")
    for name in wanted:
        if name not in LISTENERS:
            options.error(f"no process {name!r}; there are {', '.join(LISTENERS)}")
    return [name for name in LISTENERS if name in wanted]


def _run(names: list[str], house: contextlib.ExitStack, terminal: Terminal, stop: Stop) -> None:
    settings, names, logs = _prepare(names, house, terminal)
    stop.check()
    engines = Engines(settings, terminal.say)
    house.callback(engines.stop)
    with terminal.step("engines", lambda: engines.note):
        engines.start()
    environment = {**THREADS, **QUIET, **engines.environment, "WEIJING_VAR": str(settings.weijing_var.resolve())}
    with terminal.step("tables"):
        _command("migrate", (), environment, logs, terminal, stop)
    if "bot" in names and settings.bot_model.suffix != ".gz":
        with terminal.step("model"):
            _command("train", ("--if-needed", "--out", str(settings.bot_model.resolve())), environment, logs, terminal, stop)
    stop.check()
    fleet = Fleet(names, settings, environment, logs, terminal, stop)
    house.callback(fleet.stop)
    fleet.start()
    fleet.wait_ready()
    _show(settings, names, logs, terminal)
    while True:
        stop.check()
        fleet.tick()
        engines.tick()
        time.sleep(TICK_S)


def _prepare(names: list[str], house: contextlib.ExitStack, terminal: Terminal) -> tuple[Settings, list[str], Path]:
    """Settings, the folder and the ports: what can be refused before anything is started."""
    settings = load_settings()
    var, logs = settings.weijing_var.resolve(), settings.weijing_var.resolve() / "log"
    with terminal.step("settings", lambda: settings.weijing_env):
        if settings.backend_url:
            names = [name for name in names if name != "backend"]
    with terminal.step("disk", lambda: str(var)):
        check_disk(var)
        house.enter_context(_alone(var))
        check_disk(logs)
        terminal.journal = logs / "run.log"
    with terminal.step("ports"):
        check_ports(settings, names)
    return settings, names, logs


@contextlib.contextmanager
def _alone(var: Path) -> Iterator[None]:
    """One house in one folder: two would write the same engines' files."""
    try:
        file = (var / "run.lock").open("a+")
    except OSError as error:
        raise StartError(f"cannot write in {var} ({error.strerror}); set WEIJING_VAR to a folder of your own") from None
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            file.seek(0)
            raise StartError(f"Weijing runs already in {var} (process {file.read().strip() or '?'}); stop it first, or set another WEIJING_VAR") from None
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield


def _command(name: str, arguments: tuple[str, ...], environment: dict[str, str], logs: Path, terminal: Terminal, stop: Stop) -> None:
    """Run a sub-command to its end, showing its last line while it works.

    Raises:
        StartError: it failed; the sentence is its own.
        Stopped: the operator stopped it.
    """
    child, started = Child(name, logs, environment, terminal.say, arguments), time.monotonic()
    child.start()
    try:
        while child.running():
            stop.check()
            terminal.waiting(f"{name}: {child.last_words() or 'starting'}", started)
            time.sleep(TICK_S / 4)
        if child.code:
            raise StartError(f"{child.last_words() or 'it failed'} (log: {child.log_file})")
    finally:
        child.stop()


def _show(settings: Settings, names: list[str], logs: Path, terminal: Terminal) -> None:
    """The addresses, and in a demo what can be tried."""
    terminal.say("")
    if "edge" in names:
        terminal.say(f"公众号回调 callback     {base_url(settings, 'edge')}/webhooks/wechat/webhook")
        if settings.demo:
            terminal.say(f"模拟器 simulator        {base_url(settings, 'edge')}/simulator")
            terminal.say(f"网页咨询 web chat       {base_url(settings, 'edge')}/webchat/demo")
    if "console" in names:
        terminal.say(f"工作台 console          {settings.console_url}")
        if settings.demo:
            terminal.say(f"  账号 {CONSOLE_DEMO}")
            terminal.show(f"  密码 {settings.console_demo_password.get_secret_value()}  动态码 weijing staff code")
    if "backend" in names:
        terminal.say(f"政务接口 service API    {base_url(settings, 'backend')}/openapi.yaml")
        _show_demos(settings, terminal)
    terminal.say(f"日志 logs               {logs}")
    terminal.say("按 Ctrl-C 停止 (Ctrl-C stops everything)")


def _show_demos(settings: Settings, terminal: Terminal) -> None:
    """Applications and filings of the reference backend that the progress question finds; any one proof opens each. By name only: the hall imports no room."""
    if settings.demo:
        for demo in importlib.import_module("backend.demo").DEMO[:SHOWN_DEMOS]:
            proofs = demo.proofs
            terminal.say(f"演示办件 demo           {demo.application_no}  查询码 {proofs['query_code']}  手机 {proofs['phone']}")
        for filing in importlib.import_module("backend.demo_filings").DEMO_FILINGS:
            terminal.say(f"演示申报 demo           {filing.filing_no}  查询码 {filing.query_code}  手机 {filing.filer.proofs['phone']}")
