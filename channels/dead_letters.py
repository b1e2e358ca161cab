"""`weijing dead list | show KEY | resend KEY | resend --all | drop KEY`: what could not be delivered or answered, for operators."""

from __future__ import annotations

import argparse
import asyncio
import logging
import time

from cryptography.fernet import Fernet

from store.dead_letters import DeadLetter, DeadLetters
from store.redis import client, wait_ready
from weijing.embedded import with_running_engines
from weijing.errors import EngineError, InputError
from weijing.logs import set_up_logs
from weijing.privacy import mask_for_log
from weijing.settings import Settings, load_settings

log = logging.getLogger(__name__)


def main(argv: list[str]) -> int:
    """Run one sub-command; what it changes is written to the log and to the event stream."""
    parser = argparse.ArgumentParser(prog="weijing dead", description="Replies that were given up, and messages that failed three times.")
    parser.add_argument("what", choices=["list", "show", "resend", "drop"])
    parser.add_argument("key", nargs="?", default="", help="message key, or its beginning")
    parser.add_argument("--all", action="store_true", help="with resend: every one")
    given = parser.parse_args(argv)
    if given.what != "list" and bool(given.key) == (given.all and given.what == "resend"):
        raise InputError(f"weijing dead {given.what} takes a key" + (", or --all" if given.what == "resend" else ""))
    set_up_logs()
    settings = with_running_engines(load_settings())
    if not settings.redis_url:
        raise EngineError("no Redis: set REDIS_URL, or start the house with 'weijing run'")
    return asyncio.run(_run(settings, given.what, given.key))


async def _run(settings: Settings, what: str, name: str) -> int:
    await wait_ready(settings.redis_url)
    redis = client(settings.redis_url)
    letters = DeadLetters(redis, Fernet(settings.vault_key.get_secret_value().encode()))
    try:
        found = [await letters.find(name)] if name else await letters.all()
        for letter in found:
            if what == "resend":
                print(f"{letter.key}  {'is on its way again' if await letters.resend(letter) else 'was resent before'}")
            elif what == "drop":
                print(f"{letter.key}  {'dropped' if await letters.drop(letter) else 'was gone'}")
            else:
                print(line(letter))
            if what in {"resend", "drop"}:
                log.warning("an operator asked to %s the dead letter %s of %s (%s)", what, letter.key, letter.user, letter.cause)
            if what == "show":
                print("\n".join(map(mask_for_log, await letters.texts(letter))))
        if not found:
            print("no dead letters")
    finally:
        await redis.close(close_connection_pool=True)
    return 0


def line(letter: DeadLetter) -> str:
    """One line of the list: when, what, key, user, why."""
    when = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(letter.at / 1000))
    return f"{when}  {letter.kind:7s}  {letter.key}  {letter.user}  {letter.cause}"
