"""The platform: does it know us, does it let us, and is what it has of us what we mean. Each errcode is explained by `channels.wechat.errcodes`."""

from __future__ import annotations

import asyncio
import time
from email.utils import parsedate_to_datetime

import aiohttp

from channels.doctor.finding import Finding, Patient, failure, good, warning
from channels.wechat.envelope import FRESH_S
from channels.wechat.menu import difference, read_menu
from weijing.errors import PlatformError

PLATFORM_PAGE = "公众平台 · 设置与开发 · 基本配置"
RIGHTS_PAGE = "公众平台 · 设置与开发 · 接口权限"
SEND = "/cgi-bin/message/custom/send"
_HTTP = aiohttp.ClientTimeout(total=8)
_IP_LIST = {40164, 61004, 89501, 89503, 89506, 89507}
_SECRET = {40001, 40013, 40125, 40243}
SKEW_S, BAD_SKEW_S = 5.0, 60.0
_LOW = 0.1
"""Share of the day's quota below which it is nearly used up."""


async def check_clock(patient: Patient) -> list[Finding]:
    """Our clock against the Date header of the platform's answer; half of the round trip is its error, a second the header's."""
    before = time.time()
    try:
        async with patient.session.get(f"{patient.settings.platform_base}/cgi-bin/getcallbackip", timeout=_HTTP, allow_redirects=False) as response:
            theirs = parsedate_to_datetime(response.headers["Date"]).timestamp() + 0.5
    except (aiohttp.ClientError, asyncio.TimeoutError):
        words = f"{patient.settings.platform_base} does not answer"
        return [failure("platform", words, "let this machine reach it by HTTPS (firewall, DNS, WECHAT_API_BASE)")]
    except (KeyError, TypeError, ValueError):
        return [warning("clock", "the platform's answer has no readable date", "compare the clock with NTP by hand")]
    skew = (before + time.time()) / 2 - theirs
    words = f"{abs(skew):.0f} s {'ahead of' if skew > 0 else 'behind'} the platform's"
    if abs(skew) > BAD_SKEW_S:
        return [failure("clock", f"{words}; pushes {FRESH_S} s away are refused", "switch NTP on: timedatectl set-ntp true")]
    return [warning("clock", words, "switch NTP on: timedatectl set-ntp true")] if abs(skew) > SKEW_S else [good("clock", "in step with the platform's")]


async def check_token(patient: Patient) -> list[Finding]:
    """AppID, AppSecret and the list of IPs, by the one call that needs them all."""
    try:
        await asyncio.shield(patient.token())
    except PlatformError as error:
        if error.errcode in _IP_LIST:
            return [failure("ip list", error.message, f"{PLATFORM_PAGE} · IP白名单")]
        name = "app secret" if error.errcode in _SECRET else "access token"
        return [failure(name, error.message, PLATFORM_PAGE if error.errcode > 0 else "let this machine reach the platform; see WECHAT_API_BASE")]
    return [good("access token", "the platform gives one: AppID, AppSecret and IP list are right")]


async def check_rights(patient: Patient) -> list[Finding]:
    """Whether the account may do what WECHAT_VERIFIED says."""
    if not await patient.has_token():
        return []
    may, verified = await patient.account.may_send(), patient.settings.wechat_verified
    if verified and not may:
        words = "the account may not send customer-service messages (48001)"
        return [failure("rights", words, f"have the account verified ({RIGHTS_PAGE}), or WECHAT_VERIFIED=false")]
    if may and not verified:
        return [warning("rights", "the account may send customer-service messages, but WECHAT_VERIFIED is false", "set WECHAT_VERIFIED=true")]
    return [good("rights", "customer-service messages allowed" if may else "passive replies only, as WECHAT_VERIFIED says")]


async def check_menu(patient: Patient) -> list[Finding]:
    """Whether users see the menu of the file."""
    if not await patient.has_token():
        return []
    try:
        theirs = await patient.account.menu()
    except PlatformError as error:
        return [warning("menu", error.message, RIGHTS_PAGE)]
    changes = [line for line in difference(theirs, read_menu(patient.settings.public_base)) if line[0] in "+-"]
    if not theirs:
        return [warning("menu", "the account has no menu", "weijing menu push")]
    if changes:
        return [warning("menu", f"differs from menu.yml in {len(changes)} lines", "weijing menu diff, weijing menu push")]
    return [good("menu", "as in menu.yml")]


async def check_quota(patient: Patient) -> list[Finding]:
    """How many customer-service messages the day still has."""
    if not patient.settings.wechat_verified or not await patient.has_token():
        return []
    try:
        left, limit = await patient.account.quota(SEND)
    except PlatformError as error:
        return [warning("quota", error.message, RIGHTS_PAGE)]
    words = f"{left} of {limit} customer-service messages left today"
    if not left:
        return [failure("quota", words, f"wait until midnight, or clear it: {RIGHTS_PAGE} (10 times a month)")]
    return [warning("quota", words, f"watch it; it can be cleared 10 times a month: {RIGHTS_PAGE}")] if left < _LOW * limit else [good("quota", words)]
