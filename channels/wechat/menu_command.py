"""`weijing menu check|show|diff|push|delete`: the account's bottom menu from `channels/wechat/menu.yml`."""

from __future__ import annotations

import argparse
import asyncio
import sys
from pathlib import Path

from channels.wechat.account import open_account
from channels.wechat.menu import FILE, Menu, describe, difference, domain_intents, find_faults, read_menu
from weijing.settings import Settings, load_settings

DEEDS = ("check", "show", "diff", "push", "delete")


def main(argv: list[str]) -> int:
    """Do one deed; 1 when the file has faults, and for `diff` when the menus differ."""
    options = argparse.ArgumentParser("weijing menu", description=__doc__)
    options.add_argument("deed", choices=DEEDS, help="check the file; show the account's menu; diff: what a push would change; push the file; delete the menu")
    options.add_argument("--file", type=Path, default=FILE, help="another file than channels/wechat/menu.yml")
    options.add_argument("--dry-run", action="store_true", help="push, delete: say what would change, and change nothing")
    options.add_argument("--yes", action="store_true", help="delete: really leave users without a menu")
    chosen = options.parse_args(argv)
    settings = load_settings()
    menu = read_menu(settings.public_base, chosen.file)
    if chosen.deed in {"check", "push"} and _say_faults(menu):
        return 1
    if chosen.deed == "check":
        print(f"valid: {len(describe(menu))} lines" + ("" if settings.public_base else "; PUBLIC_URL is not set, so the buttons of our pages are left out"))
        return 0
    if chosen.deed == "delete" and not (chosen.yes or chosen.dry_run):
        print("users would have no menu until the next push; say --yes if you mean it", file=sys.stderr)
        return 1
    return asyncio.run(_with_account(settings, chosen.deed, {} if chosen.deed == "delete" else menu, dry=chosen.dry_run))


def _say_faults(menu: Menu) -> bool:
    faults = list(find_faults(menu, domain_intents()))
    for fault in faults:
        print(f"menu.yml: {fault}", file=sys.stderr)
    if faults:
        print(f"{len(faults)} faults; nothing was sent", file=sys.stderr)
    return bool(faults)


async def _with_account(settings: Settings, deed: str, menu: Menu, *, dry: bool) -> int:
    async with open_account(settings) as account:
        theirs = await account.menu()
        if deed == "show":
            print("\n".join(describe(theirs)) or "the account has no menu")
            return 0
        changes = difference(theirs, menu)
        print("\n".join(changes) or "no difference")
        if deed == "diff":
            return 1 if changes else 0
        if dry or not changes:
            return 0
        await (account.create_menu(menu) if menu else account.delete_menu())
    print("done; phones show it within 5 minutes of their next visit to the account")
    return 0
