"""The bottom menu: what `menu/create` refuses (自定义菜单)."""

from __future__ import annotations

from typing import Any

from weijing.errors import PlatformError


def check_menu(menu: dict[str, Any]) -> None:
    """Refuse what the platform refuses: 3 × 5 buttons, names of 16 and 60 bytes, keys of 128, addresses of 1024.

    Raises:
        PlatformError: with the platform's number.
    """
    buttons = _list(menu.get("button"))
    _limit(not 1 <= len(buttons) <= 3, 40016, "invalid button size")
    for button in buttons:
        _limit(not 0 < _bytes(button.get("name")) <= 16, 40018, "invalid button name size")
        children = _list(button.get("sub_button", []))
        _limit(len(children) > 5, 40023, "invalid sub button size")
        for child in children:
            _limit(not 0 < _bytes(child.get("name")) <= 60, 40026, "invalid sub button name size")
        for leaf in children or [button]:
            _check_leaf(leaf)


def _check_leaf(button: dict[str, Any]) -> None:
    if button.get("type") == "view":
        _limit(not 0 < _bytes(button.get("url")) <= 1024, 40020, "invalid button url size")
    else:
        _limit(not button.get("type"), 40017, "invalid button type")
        _limit(not 0 < _bytes(button.get("key")) <= 128, 40019, "invalid button key size")


def _list(value: Any) -> list[dict[str, Any]]:
    _limit(not isinstance(value, list) or not all(isinstance(part, dict) for part in value), 40016, "invalid button size")
    return list(value)


def _bytes(value: Any) -> int:
    return len(value.encode()) if isinstance(value, str) else 0


def _limit(broken: bool, errcode: int, message: str) -> None:
    if broken:
        raise PlatformError(message, errcode)
