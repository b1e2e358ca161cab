"""WeRoBot's quick start with its encryption settings: an echoing handler, sessions in SQLite (its default), served by Tornado as its documentation shows."""

from __future__ import annotations

import os
import time

import werobot

from bench.peers.account import SLOW, SLOW_S, Handled, arguments

given = arguments()
handled = Handled(given.handled)
os.chdir(given.handled.parent)  # the session database is made where the process runs

robot = werobot.WeRoBot(token=given.token)
robot.config["ENCODING_AES_KEY"] = given.key
robot.config["APP_ID"] = given.app_id


@robot.handler
def echo(message: object) -> str:
    """Reply with the words of the message."""
    words = getattr(message, "content", None) or getattr(message, "key", None) or message.type  # type: ignore[attr-defined]
    handled.note(message.source, words)  # type: ignore[attr-defined]
    if words.startswith(SLOW):
        time.sleep(SLOW_S)
    return str(words)


# Waitress, which `auto` would take, answers a part of the pushes only: its threads share the one SQLite connection.
robot.run(server="tornado", host="127.0.0.1", port=given.port, enable_pretty_logging=False)
