"""The places in the rail: what each role works with."""

from __future__ import annotations

from dataclasses import dataclass

from console.staff import Role, Staff


@dataclass(frozen=True)
class Place:
    """One entry of the rail.

    Args:
        icon: of Tabler's outline icons.
        count: name of the counter beside it (`/counts`), or empty.
    """

    title: str
    path: str
    icon: str
    roles: frozenset[Role]
    count: str = ""
    here: bool = False


def _place(title: str, path: str, icon: str, *roles: Role, count: str = "") -> Place:
    return Place(title, path, icon, frozenset(roles), count)


RAIL = (
    _place("待接", "/desk/waiting", "message-2-question", "agent", "supervisor", count="waiting"),
    _place("我的", "/desk/mine", "user-check", "agent", "supervisor", count="mine"),
    _place("全部", "/desk/all", "messages", "agent", "supervisor"),
    _place("待审", "/desk/held", "shield-question", "agent", "supervisor", count="held"),
    _place("办件", "/cases", "folder", "agent", "supervisor", count="cases"),
    _place("看板", "/board", "chart-bar", "supervisor"),
    _place("审批", "/workbench/labels", "checks", "supervisor"),
    _place("纠错", "/workbench/review", "checkup-list", "trainer", count="review"),
    _place("语料", "/workbench/data", "database-edit", "trainer"),
    _place("模型", "/workbench/models", "rocket", "trainer", "supervisor"),
    _place("事项", "/workbench/items", "file-certificate", "trainer", "supervisor"),
    _place("内容", "/admin/content", "speakerphone", "supervisor", "admin"),
    _place("管理", "/admin", "settings", "admin"),
    _place("审计", "/audit", "list-search", "auditor"),
    _place("密封", "/cases/openings", "lock-open", "auditor"),
)
"""In the order of the rail."""


def places(staff: Staff, path: str) -> list[Place]:
    """The person's places; the one that this address belongs to is marked."""
    mine = [place for place in RAIL if place.roles & staff.roles]
    here = max((one.path for one in mine if path == one.path or path.startswith(f"{one.path}/")), key=len, default="")
    return [Place(one.title, one.path, one.icon, one.roles, one.count, here=one.path == here) for one in mine]


def home(staff: Staff) -> str:
    """Where a person begins."""
    mine = places(staff, "")
    return mine[0].path if mine else "/me"
