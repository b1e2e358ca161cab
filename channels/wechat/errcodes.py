"""What each errcode of the platform means, and what becomes of the message that got it.

Sources: the platform's pages 全局返回码说明, 客服接口-发消息, 发送订阅通知 and 接口调用频次限制说明; the codes of the per-user limits (45015, 45047) and of
refusals (43101, 48002) as SDKs tabulate them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

Treatment = Literal["retry", "pause", "hold", "no_right", "shorten", "dead", "media", "refused", "unknown"]
"""`retry` (with back-off, as long as it takes), `pause` (the whole account waits), `hold` (until the user writes), `no_right` (hold, and tell the
operator), `shorten` (cut smaller, once), `dead` (given up at once), `media` (upload the picture anew), `refused` (the user refuses this notice),
`unknown` (tried five times)."""

NETWORK = -1
"""Our errcode for "no answer", the same number as the platform's own "system busy"."""


@dataclass(frozen=True)
class Errcode:
    """One row of the table."""

    treatment: Treatment
    advice: str


ERRCODES: dict[int, Errcode] = {
    -1: Errcode("retry", "the platform is busy or did not answer; it is tried again"),
    40001: Errcode("retry", "the access token was refused; check WECHAT_APP_SECRET, and that nothing else fetches tokens for this account"),
    40003: Errcode("dead", "the openid is not one of this account's; check WECHAT_APP_ID"),
    40007: Errcode("media", "the platform does not know the media id any more; the picture is uploaded again"),
    40013: Errcode("retry", "the AppID is wrong; check WECHAT_APP_ID"),
    40014: Errcode("retry", "the access token is none; it is fetched again"),
    40037: Errcode("unknown", "the template id is not one of this account's; check WECHAT_NOTICE_TEMPLATES"),
    40125: Errcode("retry", "the AppSecret is wrong; check WECHAT_APP_SECRET"),
    40164: Errcode("retry", "this machine's IP is not on the account's list; add it under 基本配置 · IP白名单"),
    40243: Errcode("retry", "the AppSecret is frozen; unfreeze it under 基本配置"),
    42001: Errcode("retry", "the access token has expired; it is fetched again"),
    43004: Errcode("hold", "the user does not follow the account"),
    43101: Errcode("refused", "the user refuses this notice"),
    45002: Errcode("shorten", "the text is too long"),
    45009: Errcode("pause", "the day's quota of this call is used up; it begins anew at midnight, or clear it under 接口权限"),
    45011: Errcode("pause", "too many calls in this minute; lower WECHAT_CALLS_PER_MINUTE if it comes often"),
    45015: Errcode("hold", "the user's last contact is too long ago"),
    45047: Errcode("hold", "too many messages since the user's last contact"),
    47003: Errcode("unknown", "a field of the notice does not fit its template; compare channels/wechat/notices.yml with the template"),
    48001: Errcode("no_right", "the account has no right to this call; set WECHAT_VERIFIED=false, or have the account verified"),
    48002: Errcode("hold", "the user refuses messages"),
    61004: Errcode("retry", "this machine's IP is not on the account's list; add it under 基本配置 · IP白名单"),
    89501: Errcode("retry", "this machine's IP waits for the administrator's answer in WeChat"),
    89503: Errcode("retry", "the administrator must confirm this machine's IP: WeChat has asked him on his phone"),
    89506: Errcode("retry", "the administrator refused this machine's IP twice today; ask him, and try again in a day"),
    89507: Errcode("retry", "the administrator refused this machine's IP; ask him, and try again in an hour"),
}
"""Errcode -> what becomes of the message, and what to do."""

PAUSE_MS = {45009: 600_000, 45011: 60_000}
"""How long the account waits: a minute's quota for its minute; a day's quota is tried again every ten minutes, for an operator may clear it."""


_IP, _RID = re.compile(r"(?<![\d.:])(?:\d{1,3}\.){3}\d{1,3}(?![\d.])"), re.compile(r"\brid: ([0-9a-f-]{8,40})\b")


def named(errmsg: str) -> str:
    """What of an errmsg may be shown, for the rest may quote anything: the IP that the platform saw, and the rid for openapi/rid/get."""
    ip, rid = _IP.search(errmsg), _RID.search(errmsg)
    return (f" (IP {ip[0]})" if ip else "") + (f" (rid {rid[1]})" if rid else "")


def treatment(errcode: int) -> Treatment:
    """What becomes of a message that got this errcode."""
    return ERRCODES[errcode].treatment if errcode in ERRCODES else "unknown"


def advice(errcode: int) -> str:
    """What the errcode means and what to do."""
    return ERRCODES[errcode].advice if errcode in ERRCODES else "see 全局返回码说明"
