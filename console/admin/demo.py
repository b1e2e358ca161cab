"""What a demo begins with: the units of the reference backend's demo, and canned answers that hold no fact of any law."""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

UNITS: tuple[tuple[str, str, str | None, str, list[str]], ...] = (
    ("desk", "服务坐席", None, "desk", []), ("hukou", "户政", None, "department", []), ("public_order", "治安", None, "department", []),
    ("traffic", "交管", None, "department", []), ("exit_entry", "出入境", None, "department", []), ("anti_fraud", "反诈", None, "department", []),
    ("criminal", "刑侦", None, "department", []), ("economic", "经侦", None, "department", []), ("petitions", "信访", None, "petitions", []),
    ("supervision", "督察", None, "supervision", []), ("supervision_above", "上级督察", None, "supervision", []),
    ("station_1", "示例一号派出所", "public_order", "station", ["鼓楼区", "台江区"]), ("station_2", "示例二号派出所", "public_order", "station", ["黄浦区"]),
    ("station_3", "示例三号派出所", "public_order", "station", ["东城区", "天河区"]),
)  # fmt: skip
"""(id, name, parent, kind, areas)."""
CANNED = (
    ("开场问候", "您好，我是人工坐席，正在看您前面的留言，请稍等一两分钟。", "nh", "通用", None),
    ("请稍等", "我去核实一下，大约需要几分钟。您不用一直等着，有结果我马上发给您。", "sd", "通用", None),
    ("问清经过", "请您说说：什么时候、在哪里、发生了什么。想到多少说多少，不着急。", "jg", "通用", None),
    ("请补照片", "请拍一张清楚的照片发过来，字和编号要看得见，不要反光。", "zp", "通用", None),
    ("不发证件号", "为了您的安全，请不要在聊天里发完整的证件号码和银行卡号，需要核对时我会请您到窗口办理。", "aq", "通用", None),
    ("正在危险中", "如果危险正在发生，请马上拨打110，不方便出声可以发短信到12110。您先到安全的地方，我一直在。", "wx", "紧急", None),
    ("身份证办理指引", "身份证的材料、费用和时限，回复“身份证怎么办”，机器人会把清单发给您；还有不明白的再问我。", "sfz", "户政", "hukou"),
    ("居住证办理指引", "居住证怎么办、要带什么，回复“居住证怎么办”就能看到清单，也可以保存成图片带去窗口。", "jzz", "户政", "hukou"),
    ("预约窗口", "想少排队可以先预约：回复“预约”，选好网点和时间就行；去不了记得取消，让给别人。", "yy", "窗口", None),
    ("查办件进度", "请回复“查进度”，再发办件编号和查询码。编号在当时的回执里，以字母开头。", "jd", "窗口", None),
    ("已转办", "您说的情况我已经转给负责的部门，编号会发到这里。有进展会主动告诉您，不用反复来问。", "zb", "投诉举报", None),
    ("礼貌结束", "您的问题我这边先办到这里。稍后请给这次服务打个分；以后有事，随时在这里留言。", "js", "通用", None),
)  # fmt: skip
"""(title, text, shortcut, topic, unit)."""
_UNIT = text("INSERT INTO weijing.units (id, name, parent, kind, areas) VALUES (:id, :name, :parent, :kind, :areas) ON CONFLICT DO NOTHING")
_ANY = text("SELECT true FROM weijing.canned LIMIT 1")
_CANNED = text("INSERT INTO weijing.canned (title, text, shortcut, topic, unit_id) VALUES (:title, :text, :shortcut, :topic, :unit)")


async def add_desk(engine: AsyncEngine) -> None:
    """Put in what is not there; canned answers only where there is none, so that one that was closed stays closed."""
    async with engine.begin() as connection:
        await connection.execute(_UNIT, [dict(zip(("id", "name", "parent", "kind", "areas"), unit, strict=True)) for unit in UNITS])
        if (await connection.execute(_ANY)).first() is None:
            await connection.execute(_CANNED, [dict(zip(("title", "text", "shortcut", "topic", "unit"), one, strict=True)) for one in CANNED])
