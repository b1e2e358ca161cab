"""The bottom menu: what `menu.yml` says, what is wrong with it, and in what it differs from the account's (自定义菜单)."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

import yaml

from weijing.settings import ROOT

FILE = Path(__file__).parent / "menu.yml"
DOMAIN = ROOT / "domain.yml"
PUBLIC = "{public_base}"
"""In an address of the file: where phones reach the edge (PUBLIC_URL)."""

Menu = dict[str, Any]

FIRST_LEVEL, SECOND_LEVEL = 3, 5
NAME_BYTES, SUB_NAME_BYTES, KEY_BYTES, URL_BYTES = 16, 60, 128, 1024
_KEYED = ("click", "scancode_push", "scancode_waitmsg", "pic_sysphoto", "pic_photo_or_album", "pic_weixin", "location_select")
NEEDS: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(_KEYED, ("key",)), "view": ("url",), "miniprogram": ("url", "appid", "pagepath"),
    "media_id": ("media_id",), "article_id": ("article_id",), "article_view_limited": ("article_id",),
}  # fmt: skip
"""Type of a button -> what it must have beside its name."""


def read_menu(public_base: str, path: Path = FILE) -> Menu:
    """The menu of a file, as `menu/create` takes it. Without a public address the buttons that open our pages are left out: they would open nothing."""
    buttons = [_button(button, public_base) for button in yaml.safe_load(path.read_text(encoding="utf-8"))["button"]]
    return {"button": [button for button in buttons if _opens(button)]}


def domain_intents(path: Path = DOMAIN) -> set[str]:
    """The intents that a menu click may name."""
    return {next(iter(intent)) if isinstance(intent, dict) else str(intent) for intent in yaml.safe_load(path.read_text(encoding="utf-8"))["intents"]}


def find_faults(menu: Menu, intents: Collection[str]) -> Iterator[str]:
    """What the platform would refuse, and keys that the bot does not know; one sentence each."""
    buttons = menu.get("button") or []
    if not 1 <= len(buttons) <= FIRST_LEVEL:
        yield f"the menu has {len(buttons)} buttons; it may have 1 to {FIRST_LEVEL}"
    for button in buttons:
        yield from _name_faults(button, NAME_BYTES)
        children = button.get("sub_button")
        if children is None:
            yield from _leaf_faults(button, intents)
            continue
        if not 1 <= len(children) <= SECOND_LEVEL:
            yield f"「{button.get('name')}」 holds {len(children)} buttons; it may hold 1 to {SECOND_LEVEL}"
        for child in children:
            yield from _name_faults(child, SUB_NAME_BYTES)
            yield from _leaf_faults(child, intents)


def difference(theirs: Menu, ours: Menu) -> list[str]:
    """What a push would change, as lines that begin with `-` (the account has it) or `+` (the file has it); empty when nothing."""
    lines = difflib.ndiff(describe(theirs), describe(ours))
    changed = [line for line in lines if line[0] in "+- "]
    return changed if any(line[0] in "+-" for line in changed) else []


def describe(menu: Menu) -> list[str]:
    """A menu in lines, one a button."""
    lines = []
    for button in menu.get("button") or []:
        children = button.get("sub_button") or []
        lines.append(str(button.get("name")) if children else _line(button))
        lines += [f"    {_line(child)}" for child in children]
    return lines


def _line(button: Menu) -> str:
    kind = str(button.get("type"))
    return "  ".join([str(button.get("name")), kind, *(str(button.get(field)) for field in NEEDS.get(kind, ()))])


def _button(button: Menu, public_base: str) -> Menu:
    if "sub_button" in button:
        children = [_button(child, public_base) for child in button["sub_button"]]
        return {**button, "sub_button": [child for child in children if _opens(child)]}
    if PUBLIC in str(button.get("url")):
        return {**button, "url": button["url"].replace(PUBLIC, public_base) if public_base else ""}
    return button


def _opens(button: Menu) -> bool:
    return button.get("url") != "" and button.get("sub_button") != []


def _name_faults(button: Menu, limit: int) -> Iterator[str]:
    name = str(button.get("name") or "")
    if not 0 < len(name.encode()) <= limit:
        yield f"「{name}」 has {len(name.encode())} bytes; a name here may have 1 to {limit} (a Chinese character has three)"


def _leaf_faults(button: Menu, intents: Collection[str]) -> Iterator[str]:
    name, kind = button.get("name"), str(button.get("type"))
    if kind not in NEEDS:
        yield f"「{name}」 has the type {kind}; there are {', '.join(NEEDS)}"
        return
    for field in NEEDS[kind]:
        size, limit = len(str(button.get(field) or "").encode()), {"key": KEY_BYTES, "url": URL_BYTES}.get(field, URL_BYTES)
        if not 0 < size <= limit:
            yield f"「{name}」 has a {field} of {size} bytes; it may have 1 to {limit}"
    if kind == "click" and button.get("key") not in intents:
        yield f"「{name}」 has the key {button.get('key')}, which is no intent of domain.yml; the bot would answer with its help"
    if "url" in NEEDS[kind] and not str(button.get("url")).startswith(("https://", "http://")):
        yield f"「{name}」 has an address that begins neither with https:// nor with http://"
