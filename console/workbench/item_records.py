"""Records of service items in their YAML files: other values for some fields, one record more, one less; every other line stays as it is."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq

from console.workbench.item_lines import TITLES
from console.workbench.lines import load
from weijing.refusals import DeskRefused


def rewritten(source: str, item: str, after: Mapping[str, Any]) -> str:
    """The file with new values for some fields of one record; the other lines stay as they are.

    Raises:
        DeskRefused: 409, the record is not there.
    """
    records = load(source)
    place = next((number for number, one in enumerate(records) if one["id"] == item), None)
    if place is None:
        raise DeskRefused("这个事项已经不在了", "没有保存。请刷新页面。")
    lines, end = source.splitlines(True), (records.lc.item(place + 1)[0] if place + 1 < len(records) else len(source.splitlines()))
    keys = list(records[place])
    for number in range(len(keys) - 1, -1, -1):
        if keys[number] in after:
            first = records[place].lc.key(keys[number])[0]
            last = records[place].lc.key(keys[number + 1])[0] if number + 1 < len(keys) else _end(lines, first, end)
            new = after[keys[number]]
            lines[first:last] = [f"  {row}\n" for row in written(keys[number], new)] if new else []
    return _with_new("".join(lines), item, {name: value for name, value in after.items() if name not in keys and value})


def _with_new(source: str, item: str, fields: Mapping[str, Any]) -> str:
    record = next(one for one in load(source) if one["id"] == item)
    line, lines = record.lc.key("owner")[0], source.splitlines(True)
    lines[line:line] = [f"  {row}\n" for name, value in fields.items() for row in written(name, value)]
    return "".join(lines)


def _end(lines: list[str], first: int, end: int) -> int:
    """Where the last field of a record ends: blank lines and comments behind it belong to the next."""
    last = end
    while last > first + 1 and (not lines[last - 1].strip() or lines[last - 1].lstrip().startswith("#")):
        last -= 1
    return last


def written(name: str, value: Any) -> list[str]:
    """A field as lines of YAML."""
    yaml, out, field = YAML(), io.StringIO(), CommentedMap({name: _styled(value)})
    yaml.width = 10_000
    field.fa.set_block_style()
    yaml.dump(field, out)
    return out.getvalue().splitlines()


def _styled(value: Any) -> Any:
    """Lists and what is in them as the project writes them: on one line, records a line each."""
    if isinstance(value, Mapping):
        record = CommentedMap(value)
        record.fa.set_flow_style()
        return record
    if not isinstance(value, list):
        return value
    rows = CommentedSeq([_styled(one) for one in value])
    if not any(isinstance(one, Mapping) for one in value):
        rows.fa.set_flow_style()
    return rows


def added(files: Mapping[str, str], record: Mapping[str, Any]) -> dict[str, str]:
    """The file of the record's category with the record at its end; a category that has a folder gets a file of its own for what is added."""
    path = f"data/service_items/{record['category']}.yml"
    path = path if path in files else f"data/service_items/{record['category']}/added.yml"
    order = ["id", "name", "category", *(name for name in TITLES if name not in ("name", "unconfirmed", "review_by")), "review_by", "owner", "unconfirmed"]
    rows = [row for name in order if record.get(name) for row in written(name, record[name])]
    source = files.get(path, "").rstrip("\n")
    return {path: (f"{source}\n\n" if source else "") + "\n".join(f"{'- ' if number == 0 else '  '}{row}" for number, row in enumerate(rows)) + "\n"}


def without(source: str, item: str) -> str:
    """The file without one record.

    Raises:
        DeskRefused: 409, the record is not there, or it is the file's only one.
    """
    records, lines = load(source), source.splitlines(True)
    place = next((number for number, one in enumerate(records) if one["id"] == item), None)
    if place is None or len(records) == 1:
        raise DeskRefused("这个事项删不了", "它已经不在，或是这个文件里的最后一个。可以先关闭它。")
    first = records.lc.item(place)[0]
    end = records.lc.item(place + 1)[0] if place + 1 < len(records) else len(lines)
    return "".join(lines[:first] + lines[end:]).rstrip("\n") + "\n"
