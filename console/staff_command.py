"""`weijing staff`: the accounts of the console."""

from __future__ import annotations

from argparse import ArgumentParser

from console.entry.demo import PEOPLE, code_now
from weijing.errors import InputError
from weijing.settings import load_settings


def main(argv: list[str]) -> int:
    """Show the code with which the demo accounts log in now.

    Raises:
        InputError: there are no demo accounts in production.
    """
    options = ArgumentParser(prog="weijing staff", description=__doc__)
    options.add_argument("deed", choices=("code",))
    options.parse_args(argv)
    settings = load_settings()
    if not settings.demo:
        raise InputError("production has no demo accounts; each person's own authenticator shows the code")
    print(f"{code_now(settings.console_demo_totp.get_secret_value())}  {' '.join(login for login, *_ in PEOPLE)}")
    return 0
