"""Demo notices and districts, seeded wherever `WEIJING_ENV` is not production.

The warnings say what is publicly known of each kind of fraud; places and dates are invented.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import asyncpg

from weijing.workdays import SHANGHAI

DEMO_AREAS = ("鼓楼区", "台江区", "黄浦区", "东城区", "天河区")
_ASK = "拿不准就先挂断，打 96110 问一问；钱已经转出去，马上打 110。"


@dataclass(frozen=True)
class DemoNotice:
    """One notice; its id is its place in `DEMO_NOTICES`.

    Args:
        age, lasts: days since it was published, and until it expires from then (0: it does not).
    """

    kind: str
    title: str
    body: str
    age: int
    areas: tuple[str, ...] = ()
    lasts: int = 0
    pinned: bool = False


DEMO_NOTICES = (
    DemoNotice(
        "fraud", "刷单返利都是诈骗", "先让您做几单小任务，返几块十几块，再让您垫钱做“大单”“连单”，钱就提不出来了，还会说“操作失误要补单”。\n"
        f"怎么办：不垫钱、不转账、不点陌生链接；网上让先交钱的兼职一律不做。{_ASK}", 1, pinned=True,
    ),
    DemoNotice(
        "fraud", "“客服”主动要退款，先挂断", "自称购物平台、快递或“百万保障”客服，说商品有问题要赔您、不关会员要扣费，再让您下载软件、共享屏幕、报验证码。\n"
        f"怎么办：不共享屏幕，不报验证码，不转账，自己打开原来的软件找官方客服核对。{_ASK}", 2,
    ),
    DemoNotice(
        "fraud", "冒充公检法：公安没有“安全账户”", "电话里说您涉嫌洗钱，发来假的通缉令，要您不许告诉家人，把钱转到“安全账户”自证清白。\n"
        f"怎么办：公安机关不会在电话、微信里办案，也没有安全账户。挂断，不转账，告诉家人。{_ASK}", 3,
    ),
    DemoNotice(
        "fraud", "“老师”带您投资，钱有去无回",
        "陌生人拉您进群，或交友后说有内幕消息，让您下载不明投资软件。开始能提现，投多了就提不出来，还要先交“税”“保证金”。\n"
        f"怎么办：不加荐股群，不下载来历不明的投资软件，不向个人账户转账。{_ASK}", 5,
    ),
    DemoNotice(
        "fraud", "领导、熟人微信借钱，先打电话核实", "骗子用您领导、亲友的照片和名字加您，先关心几句，再说不方便出面，请您替他转一笔钱，还发来假的转账截图。\n"
        f"怎么办：凡是要转账的，打他原来的电话或见面核实，没核实不转账。{_ASK}", 6,
    ),
    DemoNotice(
        "traffic", "周末健步走期间部分道路管制",
        "（演示）本周六 6:00 至 11:00，示例路全段和示例湖环湖路禁止机动车通行，公交临时改线。请提前绕行示例大道，听从现场民警指挥。",
        1, areas=("鼓楼区",), lasts=30,
    ),
    DemoNotice(
        "traffic", "示例桥夜间施工，双向各封一条车道", "（演示）每晚 22:00 至次日 5:00 施工，双向各留一条车道。请减速慢行。", 4,
        areas=("台江区",), lasts=30,
    ),
    DemoNotice(
        "service", "户政大厅周六上午照常开放",
        "（演示）周六 9:00 至 12:00 可以办身份证和居住证。人多时先预约，说“预约办事”就能约。", 7,
    ),
    DemoNotice(
        "safety", "电动自行车不进楼、不飞线充电",
        "电池在楼道、屋里充电容易起火。请停在集中充电的地方，充电时间不要过长，不买、不用来路不明的电池。看见起火先离开，打 119。", 8,
    ),
    DemoNotice(
        "other", "本公众号不会向您要验证码", "我们不会在微信里要您转账，也不会要银行卡密码、短信验证码。有人用我们的名义这样做，请打 96110 核实。", 10,
    ),
)  # fmt: skip
"""The ten. One that has expired is published anew when the backend starts, so that a demo always has one of each kind."""

SEED = """
    INSERT INTO backend.notices AS known (id, kind, title, body, areas, published_at, expires_at, pinned, urgent) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, false)
    ON CONFLICT (id) DO UPDATE SET published_at = excluded.published_at, expires_at = excluded.expires_at WHERE known.expires_at < now()
"""


async def seed_demo_notices(connection: asyncpg.Connection) -> None:
    """Put in what is missing."""
    await connection.executemany("INSERT INTO backend.areas (name) VALUES ($1) ON CONFLICT DO NOTHING", [(area,) for area in DEMO_AREAS])
    await connection.executemany(SEED, [_row(number, demo) for number, demo in enumerate(DEMO_NOTICES, start=1)])


def _row(number: int, demo: DemoNotice) -> tuple[object, ...]:
    published = datetime.now(SHANGHAI) - timedelta(days=demo.age)
    expires = published + timedelta(days=demo.lasts) if demo.lasts else None
    return (number, demo.kind, demo.title, demo.body, list(demo.areas), published, expires, demo.pinned)
