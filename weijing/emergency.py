"""The emergency screen: does a message tell of a danger that is happening now? Pure, under 0.2 ms, before Redis and any model.

It is the first of two nets: it looks for first person, present tense and a verb of danger, and lets questions, tales and jokes pass; what it lets pass the
bot's own intent `emergency` may still catch.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from weijing import emergency_english
from weijing.emergency_calm import ASKING, DENIED, FICTION, JOKE, LIGHT, NOW, PAST
from weijing.emergency_patterns import ALARM, HINT

SCREENED = 300
"""Characters read at the beginning and at the end of a long message."""

CARD_TEXT = "如果您或身边的人正有危险，请立即拨打 110。\n不方便说话，发短信到 12110，写清地址和发生了什么。"
"""The card when the kind is not known."""

CARDS: dict[str, str] = {
    "violence": "请立即拨打 110！\n不方便说话，发短信到 12110，写清地址和正在发生的事。\n先离开动手的人；有人受伤请打 120。",
    "self_harm": (
        "您说的话我们很在意，您不必一个人扛着。\n请现在就拨打 110 或 120，会有人来帮您；也请叫一位您信任的人到身边来。\n"
        "不方便说话，发短信到 12110，写清您在哪里。"
    ),
    "abduction": "请立即拨打 110！\n不方便说话，发短信到 12110，写清地址、对方有几个人、您是否受伤。\n先保住自己的安全，不要激怒对方。",
    "missing": "请立即拨打 110 报警。\n请准备好：姓名、年龄、穿着、走失的时间和地点、近照。\n不方便说话，发短信到 12110。",
    "fire": "请立即拨打 119，说清地址！\n先离开，弯腰捂住口鼻，不坐电梯，不回头拿东西。\n有人受伤打 120；有人故意放火打 110。",
    "followed": "请往人多、明亮、有人值守的地方走，并立即拨打 110。\n不方便说话，发短信到 12110，写清您的位置和对方的样子。\n先不要回家。",
    "break_in": "请立即拨打 110！\n不方便出声，发短信到 12110，写清地址。\n先锁好房门躲开，不要和对方正面冲突。",
    "injury": "请立即拨打 120 救人，并拨打 110。\n说清地址、几个人、伤在哪里。\n不方便说话，发短信到 12110；不会游泳请不要下水救人。",
    "fraud": (
        "请马上停下：不要再转账，不要说出验证码，关掉屏幕共享。\n立即拨打 110 或 96110；钱刚转出去的，越早报警越有可能止付。\n警察不会要您把钱转到“安全账户”。"
    ),
    "cry": CARD_TEXT,
}
"""Kind -> what the user reads at once."""

_OPEN_ENDED = frozenset({"self_harm", "missing"})
"""Kinds that a date in the past does not end: who left yesterday is still missing."""

_TRADITIONAL = str.maketrans(
    "機殺燒綁騙轉帳賬錢報門車著煙個來搶強姦蹤隨兒媽爺見沒現關鎖離開樓氣闖進們給讓剛發幫還壞驗證碼聯繫話電傷鄰妳後頭掛險勒滅裡裏爛險殘親",
    "机杀烧绑骗转账账钱报门车着烟个来抢强奸踪随儿妈爷见没现关锁离开楼气闯进们给让刚发帮还坏验证码联系话电伤邻你后头挂险勒灭里里烂险残亲",
)
_FACE = re.compile(r"\[([^\[\]]{1,6})\]|/:[^\s]{1,8}")
_LETTERS = re.compile("[a-z]{3}")
_BREAK = re.compile(r"[^\w\u4e00-\u9fff]+|_+")
_SPACED = re.compile(r"(?:[\u4e00-\u9fff]\|){3}")


@dataclass(frozen=True)
class EmergencyCard:
    """What the user gets at once.

    Args:
        kind: a key of `CARDS`.
        text: the card's words.
    """

    kind: str
    text: str


def screen(text: str) -> EmergencyCard | None:
    """The card for a message that tells of a danger now, else None."""
    if len(text) > 2 * SCREENED:
        text = text[:SCREENED] + "。" + text[-SCREENED:]
    folded = unicodedata.normalize("NFKC", text).lower()
    if _LETTERS.search(folded) and (kind := emergency_english.alarm(folded)):
        return EmergencyCard(kind, emergency_english.CARDS[kind])
    plain = _plain(text)
    if not HINT.search(plain):
        return None
    found = ALARM.search(plain)
    if not found or not found.lastgroup or FICTION.search(plain):
        return None
    kind = found.lastgroup.rpartition("_")[0]
    return None if _harmless(kind, plain) else EmergencyCard(kind, CARDS[kind])


def calm(text: str) -> bool:
    """Whether the words are a tale, a joke, a question about the law or about a pet: what only a model takes for danger is none then."""
    plain = _plain(text)
    if FICTION.search(plain) or LIGHT.search(plain):
        return True
    return not NOW.search(plain) and any(words.search(plain) for words in (JOKE, DENIED, ASKING))


def _harmless(kind: str, plain: str) -> bool:
    """Whether the words around the danger show that it is a joke, over, or a question about the law."""
    if NOW.search(plain):
        return kind == "cry" and bool(JOKE.search(plain))
    if JOKE.search(plain) or DENIED.search(plain) or ASKING.search(plain):
        return True
    return kind not in _OPEN_ENDED and bool(PAST.search(plain))


def _plain(text: str) -> str:
    """NFKC, lower case, simplified; no spaces; each run of punctuation one `|`; characters set apart one by one are joined again."""
    text = unicodedata.normalize("NFKC", text).lower().translate(_TRADITIONAL)
    text = _FACE.sub(lambda found: f"|{found[1] or ''}|", text)
    plain = _BREAK.sub("|", "".join(text.split()))
    return plain.replace("|", "") if _SPACED.search(plain) else plain
