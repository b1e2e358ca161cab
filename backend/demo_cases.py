"""Demo cases, seeded wherever `WEIJING_ENV` is not production. None exists; their parties are the people of the demo applications."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from backend.demo import DEMO, DemoApplication


@dataclass(frozen=True)
class DemoCase:
    """One case.

    Args:
        serial: 1 to 99; the number follows from it.
        party: whose case it is.
        status: a key of `backend.cases.STATUS`.
        steps: (workdays after `opened_on`, name, note).
    """

    serial: int
    party: DemoApplication
    item_name: str
    status: str
    opened_on: date
    steps: tuple[tuple[int, str, str], ...]
    next_step: str
    query_code: str
    office: str = "示例派出所"
    phone: str = "110"

    @property
    def case_no(self) -> str:
        """E.g. `K2026-000101`."""
        return f"K2026-{100 + self.serial:06d}"

    @property
    def proofs(self) -> dict[str, str]:
        """Proof by kind: the party's own, and the code on the receipt 受案回执."""
        return {**self.party.proofs, "query_code": self.query_code}


DEMO_CASES = (
    DemoCase(
        1, DEMO[0], "电动自行车被盗", "investigating", date(2026, 10, 26), ((0, "受案", "已出具受案回执"), (2, "立案", "")),
        "有需要您配合的，办案单位会打电话给您。", "T5KB-7RWN",
    ),
    DemoCase(
        2, DEMO[1], "网络购物被骗", "registered", date(2026, 11, 18), ((0, "受案", "已出具受案回执"),),
        "正在审查，决定后会书面告知您。", "9HXC-M3QF",
    ),
    DemoCase(
        3, DEMO[2], "与他人打架", "closed", date(2026, 9, 14), ((0, "受案", "已出具受案回执"), (8, "结案", "处理决定已送达双方")),
        "已经结案。对处理决定有意见的，请看决定书上写明的途径和期限。", "PD6L-2VYE",
    ),
)  # fmt: skip
"""The three; `proofs` of each show what opens it."""
