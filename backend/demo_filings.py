"""Demo filings, seeded wherever `WEIJING_ENV` is not production: one that lacks something and one that is being worked on. Nobody in them exists.

They belong to the first two people of the simulator, who are asked for what lacks, and may be followed by number and proof as the demo applications are.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from backend.demo import DEMO, DemoApplication


@dataclass(frozen=True)
class DemoFiling:
    """One filing.

    Args:
        serial: 1 to 99; the number follows from it, far above those that are given out.
        filer: whose it is; of the demo applications.
        fields: the answers beside name, identity number and phone.
        steps: (workdays after `filed_on`, name, note).
        asks: what it lacks, wanted ten workdays after the last step.
    """

    serial: int
    kind: str
    filer: DemoApplication
    status: str
    filed_on: date
    fields: dict[str, Any]
    steps: tuple[tuple[int, str, str], ...]
    query_code: str
    asks: list[dict[str, str]] = field(default_factory=list)

    @property
    def filing_no(self) -> str:
        """E.g. `B2026-900001`."""
        return f"B2026-{900_000 + self.serial}"

    @property
    def answers(self) -> dict[str, Any]:
        """All answers, in the shape that the definition wants."""
        return {"name": self.filer.applicant, "phone": self.filer.proofs["phone"], **self.fields}


DEMO_FILINGS = (
    DemoFiling(
        1, "residence_self", DEMO[0], "supplement", date(2026, 11, 18),
        {
            "document": {"kind": "居民身份证", "number": DEMO[0].proofs["id_number"]},
            "address": {"division": "", "code": "", "detail": "", "text": "示例区示例街道示例路12号3栋201室"},
            "housing": "租住", "moved_in": "2026-11-16", "reason": "务工",
        },
        ((0, "登记", ""), (1, "一次告知补正", "缺住处证明")), "G5WR-8NXK",
        [{"id": "lease", "text": "租房合同照片", "type": "pictures"}, {"id": "landlord", "text": "房东的姓名和电话", "type": "text"}],
    ),
    DemoFiling(
        2, "lost_id", DEMO[1], "processing", date(2026, 11, 19), {"document": DEMO[1].proofs["id_number"], "lost_on": "2026-11-18", "lost_at": "示例路公交站"},
        ((0, "登记", ""), (1, "核对", "")), "V3KD-6TPC",
    ),
)  # fmt: skip
"""The two."""
