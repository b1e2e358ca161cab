"""What the bench tells a peer: the account, the port, the file that counts its handler's runs, and the message that takes 7 s."""

from __future__ import annotations

import argparse
from pathlib import Path

SLOW, SLOW_S = "慢", 7.0


def arguments() -> argparse.Namespace:
    """`--port --token --key --app-id --handled`."""
    parser = argparse.ArgumentParser()
    for name in ("--token", "--key", "--app-id"):
        parser.add_argument(name, required=True)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--handled", type=Path, required=True)
    return parser.parse_args()


class Handled:
    """The file that gets a line for each run of the handler."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("a", encoding="utf-8", buffering=1)

    def note(self, openid: str, words: str) -> None:
        """The handler runs for this message."""
        self._file.write(f"{openid}\t{words}\n")
