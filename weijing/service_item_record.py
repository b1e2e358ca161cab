"""Reading a frozen dataclass from what YAML or JSON gave: unknown, missing and mistyped fields are refused by name."""

from __future__ import annotations

from dataclasses import MISSING, fields, is_dataclass
from datetime import date
from types import UnionType
from typing import Any, Literal, TypeVar, get_args, get_origin, get_type_hints

from weijing.errors import ServiceItemError

T = TypeVar("T")


def read_record(kind: type[T], raw: object, at: str) -> T:
    """The mapping as a frozen record of `kind`, its fields checked by their types."""
    if not isinstance(raw, dict):
        raise ServiceItemError(f"{at}: must be a mapping")
    hints = get_type_hints(kind)
    for name in raw:
        if name not in hints:
            raise ServiceItemError(f"{at}.{name}: unknown field")
    for spec in fields(kind):  # type: ignore[arg-type]  # every kind here is a dataclass
        if spec.name not in raw and spec.default is MISSING and spec.default_factory is MISSING:
            raise ServiceItemError(f"{at}.{spec.name}: is missing")
    return kind(**{name: _value(hints[name], value, f"{at}.{name}") for name, value in raw.items()})


def _value(hint: Any, raw: object, at: str) -> Any:
    """`raw` as the type that the field declares."""
    if isinstance(hint, UnionType):
        return None if raw is None else _value(get_args(hint)[0], raw, at)
    if is_dataclass(hint):
        return read_record(hint, raw, at)  # type: ignore[arg-type]  # a class, not an instance
    origin, inner = get_origin(hint), get_args(hint)
    if origin is tuple and isinstance(raw, (list, tuple)):
        return tuple(_value(inner[0], one, f"{at}[{n}]") for n, one in enumerate(raw))
    if origin is dict and isinstance(raw, dict):
        return {_value(str, key, at): _value(str, one, f"{at}.{key}") for key, one in raw.items()}
    if origin is Literal and raw in inner:
        return raw
    return _scalar(hint, raw, at)


def _scalar(hint: Any, raw: object, at: str) -> Any:
    if hint is date:
        return _date(raw, at)
    if hint is bool and isinstance(raw, bool):
        return raw
    if hint is str and isinstance(raw, str) and (raw.strip() or not at.endswith("]")):
        return raw.strip()
    if hint in (int, float) and isinstance(raw, (int, hint)) and not isinstance(raw, bool) and raw >= 0:
        return raw
    raise ServiceItemError(f"{at}: {raw!r} is not allowed here")


def _date(raw: object, at: str) -> date:
    try:
        return raw if isinstance(raw, date) else date.fromisoformat(str(raw))
    except ValueError:
        raise ServiceItemError(f"{at}: {raw!r} is no date (YYYY-MM-DD)") from None
