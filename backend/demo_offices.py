"""Demo offices, seeded wherever `WEIJING_ENV` is not production. None exists: each name and address says so; the phones are national lines.

They lie around the three places that the simulator's phone can send, in the coordinates of WeChat (GCJ-02).
"""

from __future__ import annotations

from typing import Any

from backend.offices import Hours, office_row

ALWAYS: Hours = {"always": []}
COUNTER: Hours = {"workday": [["09:00", "12:00"], ["14:30", "17:30"]]}
HALL: Hours = {"workday": [["09:00", "17:00"]], "rest": [["09:00", "12:00"]]}

_CENTRES = (("上海市黄浦区", 31.230416, 121.473701), ("北京市东城区", 39.909187, 116.417345), ("广州市天河区", 23.131520, 113.321830))
_OFFICES: tuple[tuple[str, str, str, tuple[str, ...], Hours, float, float], ...] = (
    ("station_1", "示例一号派出所", "110", ("报警求助", "居住登记", "开具证明"), ALWAYS, 0.004, 0.003),
    ("station_2", "示例二号派出所", "110", ("报警求助", "居住登记", "开具证明"), ALWAYS, -0.009, 0.012),
    ("hukou", "示例户政大厅", "12345", ("户口", "身份证", "居住证"), HALL, 0.011, -0.006),
    ("exit_entry", "示例出入境接待大厅", "12367", ("护照", "往来港澳台证件", "外国人签证"), COUNTER, -0.015, -0.010),
    ("traffic", "示例车管所", "12123", ("驾驶证", "机动车登记"), COUNTER, 0.030, 0.041),
)
"""(id, name, phone, services, hours, degrees north and degrees east of a centre)."""


def _office(district: str, lat: float, lng: float, office: tuple[Any, ...], number: int) -> tuple[Any, ...]:
    name, title, phone, services, hours, north, east = office
    place = {"lat": round(lat + north, 6), "lng": round(lng + east, 6)}
    address = f"{district}示例路{number}号（演示数据，并不存在）"
    return office_row(id=f"demo_{name}_{int(lat)}", name=f"{title}（演示）", address=address, phone=phone, services=list(services), hours=hours, **place)


DEMO_OFFICES = [_office(*centre, office, number) for centre in _CENTRES for number, office in enumerate(_OFFICES, start=1)]
"""Fifteen rows of the table."""
