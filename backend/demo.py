"""Demo applications with their proofs, seeded wherever `WEIJING_ENV` is not production. Nobody in them exists.

The identity numbers are those of people born on 1900-01-01, with a valid check digit; the phones are 199 0000 00nn. All is shown here on purpose, so
that the README and tests can name it; the tables hold only salted hashes. Names, limits and so promised dates come from the catalogue.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from stdnum.cn import ric

SURNAMES = "赵钱孙李周吴郑王冯陈褚卫"


@dataclass(frozen=True)
class DemoApplication:
    """One application.

    Args:
        serial: 1 to 99; number, identity number and phone follow from it.
        service_item_id: of the catalogue.
        status: a key of `backend.applications.STATUS`.
        steps: (workdays after `applied_on`, name, note).
    """

    serial: int
    service_item_id: str
    status: str
    applied_on: date
    steps: tuple[tuple[int, str, str], ...]
    next_step: str
    query_code: str
    office: str = "示例市公安局户政窗口"
    phone: str = "12345"

    @property
    def applicant(self) -> str:
        """A name that nobody has; with identity number and phone it is the person who may bind an identity."""
        return f"{SURNAMES[self.serial - 1]}示例"

    @property
    def application_no(self) -> str:
        """E.g. `A2026-000101`."""
        return f"A2026-{100 + self.serial:06d}"

    @property
    def proofs(self) -> dict[str, str]:
        """Proof by kind; any one of them is enough."""
        return {"id_number": _id_number(self.serial), "phone": f"199000000{self.serial:02d}", "query_code": self.query_code}


def _id_number(serial: int) -> str:
    body = f"11010119000101{serial:03d}"
    return body + str(ric.calc_check_digit(body + "0"))


EXIT_ENTRY = {"office": "示例市公安局出入境接待大厅", "phone": "12367"}

DEMO = (
    DemoApplication(
        1, "id_card_replacement", "producing", date(2026, 10, 12), ((0, "受理", "已登记指纹，照片合格"), (3, "审核通过", ""), (10, "制证", "已交制证中心")),
        "证件制好后会短信通知，请凭受理回执到窗口领取。", "7KQ2-M9XD",
    ),
    DemoApplication(
        2, "id_card_first", "ready", date(2026, 9, 21), ((0, "受理", "未成年人由监护人陪同"), (3, "审核通过", ""), (20, "证件到达窗口", "")),
        "请带受理回执到受理窗口领取。", "H4TW-22PA",
    ),
    DemoApplication(
        3, "passport_first", "producing", date(2026, 11, 12), ((0, "受理", "材料齐全，已交工本费"), (4, "审批通过", ""), (5, "制证", "")),
        "制作完成后会短信通知，可以自取或者邮寄。", "Q8ZN-5RVE", **EXIT_ENTRY,
    ),
    DemoApplication(
        4, "vehicle_registration", "reviewing", date(2026, 11, 20), ((0, "受理", "车辆已查验"),),
        "正在审核，有结果会短信通知，号牌可以自取或者邮寄。", "3FJY-KX7B", office="示例市公安局交通管理支队车管所",
    ),
    DemoApplication(
        5, "taiwan_permit", "supplement", date(2026, 11, 9), ((0, "受理", ""), (4, "一次告知补正", "缺与赴台事由相应的证明")),
        "请补交与赴台事由相应的证明，补齐后继续办理。", "M6CU-9DHG", **EXIT_ENTRY,
    ),
    DemoApplication(
        6, "hk_macao_permit", "ready", date(2026, 11, 2), ((0, "受理", ""), (3, "审批通过", ""), (6, "证件制成", "已交邮政邮寄")),
        "证件已经寄出，请留意派送电话。", "W2PB-E4K8", **EXIT_ENTRY,
    ),
    DemoApplication(
        7, "foreigner_residence_permit", "completed", date(2026, 9, 24), ((0, "受理", "已出具受理回执"), (6, "决定签发", ""), (7, "证件制成", "已交邮政邮寄")),
        "已经办结。居留事项有变化的，请在10日内申请变更。", "X9GD-T3L5", **EXIT_ENTRY,
    ),
    DemoApplication(
        8, "residence_permit_apply", "accepted", date(2026, 11, 20), ((0, "受理", "凭合法稳定就业申领"),),
        "正在核对居住登记时间，有结果会短信通知。", "5VRA-J6NZ",
    ),
    DemoApplication(
        9, "birth_registration", "completed", date(2026, 11, 16), ((0, "受理", "随母亲落户"), (0, "登记完成", "户口簿已增加一页")),
        "已经办结，户口簿当场交回。", "C4YE-8UQM",
    ),
    DemoApplication(
        10, "hukou_migration", "reviewing", date(2026, 11, 13), ((0, "受理", "跨省通办"), (2, "迁出地核对", "")),
        "等待迁出地核对，完成后会短信通知。", "L7SF-2XWK",
    ),
    DemoApplication(
        11, "name_change_adult", "rejected", date(2026, 10, 19), ((0, "受理", ""), (5, "不予办理", "提交的理由没有证明材料，已书面说明")),
        "不服的，可以自收到决定之日起60日内申请行政复议（《行政复议法》第二十条）。", "B3HT-P5CJ",
    ),
    DemoApplication(
        12, "ethnicity_change", "withdrawn", date(2026, 10, 26), ((0, "受理", "民族工作部门已审批"), (2, "申请人撤回", "")),
        "您已撤回申请，需要时可以重新提出。", "Z8MN-D6GV",
    ),
)  # fmt: skip
"""The twelve; `proofs` of each show what opens it."""
