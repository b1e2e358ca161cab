"""Demo deliveries, fees and namesakes, seeded wherever `WEIJING_ENV` is not production. They belong to the demo applications; nobody in them exists."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import asyncpg

from backend.deliveries import CARRIER, PROOF, TAIL, masked_address
from backend.demo import DEMO, DemoApplication
from backend.namesakes import name_digest
from backend.proofs import hash_proof
from backend.vault import Vault

PARCEL = "INSERT INTO backend.deliveries (delivery_no, application_no, carrier, status, address, steps) VALUES ($1, $2, $3, $4, $5, $6)"
FEE = "INSERT INTO backend.payments (application_no, state, amount, due_on, link) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING"

ADDRESS = "上海市黄浦区示例路9号（演示数据，并不存在）"
SCOPE = "示例市户籍人口（演示数据）"


@dataclass(frozen=True)
class DemoDelivery:
    """One parcel; the last four digits of the applicant's phone open it.

    Args:
        steps: (moment, place, note), the last one's is the status' own.
    """

    application: DemoApplication
    delivery_no: str
    status: str
    steps: tuple[tuple[str, str, str], ...]


DEMO_DELIVERIES = (
    DemoDelivery(
        DEMO[5], "EA100000017CN", "delivering",
        (
            ("2026-11-20T16:00:00+08:00", "示例市", "已寄出"), ("2026-11-21T08:10:00+08:00", "示例市分拣中心", "运输途中"),
            ("2026-11-22T08:40:00+08:00", "黄浦区", "正在派送"),
        ),
    ),
    DemoDelivery(
        DEMO[6], "EA100000025CN", "signed", (("2026-10-12T15:00:00+08:00", "示例市", "已寄出"), ("2026-10-14T11:20:00+08:00", "黄浦区", "本人签收")),
    ),
)  # fmt: skip

DEMO_PAYMENTS = (
    (DEMO[4].application_no, "unpaid", Decimal(60), date(2026, 12, 31), "https://pay.example.com/orders/105"),
    (DEMO[2].application_no, "paid", Decimal(120), None, None),
    (DEMO[0].application_no, "paid", Decimal(40), None, None),
)
"""(application, state, yuan, deadline, page); amounts as the service items have them."""

DEMO_NAMESAKES = {"张伟": 2100, "王芳": 640, "李静": 57, "赵一诺": 4}
"""Name -> people, invented; every other name is nobody's."""


async def seed_matters(connection: asyncpg.Connection, vault: Vault) -> None:
    """Put in what is missing; what belongs to an application that is not there is left out."""
    known = {row[0] for row in await connection.fetch("SELECT application_no FROM backend.applications")}
    had = {row[0] for row in await connection.fetch("SELECT delivery_no FROM backend.deliveries")}
    parcels = [one for one in DEMO_DELIVERIES if one.application.application_no in known and one.delivery_no not in had]
    for one in parcels:
        steps = [{"at": at, "place": place, "note": note} for at, place, note in one.steps]
        await connection.execute(PARCEL, one.delivery_no, one.application.application_no, CARRIER, one.status, masked_address(ADDRESS), steps)
        tail = await hash_proof(vault, TAIL, one.application.proofs["phone"][-4:])
        await connection.execute(PROOF, one.delivery_no, TAIL, tail)
    await connection.executemany(FEE, [one for one in DEMO_PAYMENTS if one[0] in known])
    names = [(name_digest(vault, name), people, SCOPE) for name, people in DEMO_NAMESAKES.items()]
    await connection.executemany("INSERT INTO backend.namesakes (name, people, scope) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING", names)
