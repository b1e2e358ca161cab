"""The house itself: its settings, processes, disk, model, and the government service API behind it."""

from __future__ import annotations

import asyncio
import json
import shutil
from urllib.parse import urlsplit

import aiohttp

from channels.doctor.finding import Finding, Patient, failure, good, warning
from weijing.engines import MIN_FREE_BYTES
from weijing.model_file import fresh_model
from weijing.ports import LISTENERS, base_url

_HTTP = aiohttp.ClientTimeout(total=5)
_COMFORT = 4
"""So many times the least free space is comfortable."""
_LOCAL = {"localhost", "127.0.0.1", "::1"}


async def check_settings(patient: Patient) -> list[Finding]:
    """What can be set and will not work. What must be set is checked before anything else."""
    settings, found = patient.settings, []
    if settings.wechat_mode == "plain" and not settings.demo:
        found.append(warning("settings", "WECHAT_MODE is plain: anybody who sees one push can forge others", "安全模式 in the account, and WECHAT_MODE=safe"))
    if settings.wechat_aes_key_previous.get_secret_value():
        found.append(warning("settings", "WECHAT_AES_KEY_PREVIOUS is set", "remove it a day after the rotation"))
    if not settings.wechat_original_id:
        found.append(warning("settings", "WECHAT_ORIGINAL_ID is empty", "公众平台 · 设置 · 账号详情 · 原始ID"))
    return found or [good("settings", f"{settings.weijing_env}, {settings.wechat_mode} mode, account {settings.wechat_app_id}")]


async def check_pages(patient: Patient) -> list[Finding]:
    """H5 pages and web chat: reachable by phones, and over https."""
    settings = patient.settings
    if not settings.public_base:
        return [warning("pages", "PUBLIC_URL is empty: no H5 pages, their menu buttons are left out", "set PUBLIC_URL=https://…")]
    address = urlsplit(settings.public_base)
    if address.scheme != "https" and not (settings.demo and address.hostname in _LOCAL):
        words = f"PUBLIC_URL is {address.scheme}: what people enter would travel in the open, and WeChat's OAuth refuses it"
        return [failure("pages", words, "a certificate, and PUBLIC_URL=https://…")]
    origins = [origin.strip() for origin in settings.webchat_origins.split(",") if origin.strip()]
    insecure = [origin for origin in origins if urlsplit(origin).scheme != "https" and not settings.demo]
    if insecure:
        return [failure("pages", f"WEBCHAT_ORIGINS names {insecure[0]}, which is not https", "serve that site over https")]
    return [good("pages", f"H5 pages at {settings.public_base}" + ("" if settings.webchat_origins else "; web chat on no other site"))]


async def check_processes(patient: Patient) -> list[Finding]:
    """Each process' `/readyz`."""
    names = [name for name in LISTENERS if name != "backend"]
    lacks = await asyncio.gather(*(_lack(patient, base_url(patient.settings, name)) for name in names))
    remedy = "start it: `weijing run`, or see Procfile; its log is var/log/{}.log"
    failing = [failure(name, lack, remedy.format(name)) for name, lack in zip(names, lacks, strict=True) if lack]
    return failing or [good("processes", ", ".join(names) + " are ready")]


async def check_backend(patient: Patient) -> list[Finding]:
    """The government service API is ready and takes our token."""
    base, headers = patient.settings.backend_base, {"Authorization": f"Bearer {patient.settings.backend_token.get_secret_value()}"}
    lack = await _lack(patient, base)
    if lack:
        return [failure("backend", f"{base} is not ready: {lack}", "start it (`weijing backend`), or correct BACKEND_URL")]
    try:
        async with patient.session.get(f"{base}/v1/service-items", headers=headers, timeout=_HTTP, allow_redirects=False) as response:
            status = response.status
    except (aiohttp.ClientError, asyncio.TimeoutError) as error:
        return [failure("backend", f"{base}/v1/service-items does not answer ({type(error).__name__})", "see the backend's log")]
    if status in {401, 403}:
        return [failure("backend", f"{base} refuses our token (HTTP {status})", "the same BACKEND_TOKEN here and there")]
    if status != 200:
        return [failure("backend", f"{base}/v1/service-items answers HTTP {status}", "see the backend's log")]
    return [good("backend", f"{base} is ready and takes our token")]


async def check_model(patient: Patient) -> list[Finding]:
    """Whether the bot's model fits domain and data, as `weijing train --if-needed` decides."""
    place = patient.settings.bot_model
    if place.is_file():
        return [good("model", f"{place.name}, named by BOT_MODEL")]
    models = await asyncio.to_thread(lambda: sorted(place.glob("*.tar.gz")))
    if not models:
        return [failure("model", f"there is none in {place}", "weijing train")]
    fresh = await asyncio.to_thread(fresh_model, place)
    if fresh is None:
        words = f"{models[-1].name} was trained from other files than domain.yml and data/ are now"
        return [warning("model", words, "weijing train --if-needed, then restart the bot")]
    return [good("model", f"{fresh.name} fits domain and data")]


async def check_disk(patient: Patient) -> list[Finding]:
    """Room under WEIJING_VAR."""
    place = patient.settings.weijing_var
    try:
        free = shutil.disk_usage(place).free
    except OSError as error:
        return [failure("disk", f"{place} cannot be used ({error.strerror})", "make it, or set WEIJING_VAR")]
    words = f"{free // 2**20} MiB are free at {place}"
    if free < MIN_FREE_BYTES:
        return [failure("disk", words, f"free some space; below {MIN_FREE_BYTES // 2**20} MiB nothing starts, and a full disk makes Redis refuse messages")]
    return [warning("disk", words, "free some space soon")] if free < _COMFORT * MIN_FREE_BYTES else [good("disk", words)]


async def _lack(patient: Patient, base: str) -> str:
    """What a process says it lacks, or an empty string when it is ready."""
    try:
        async with patient.session.get(f"{base}/readyz", timeout=_HTTP, allow_redirects=False) as response:
            if response.status == 200:
                return ""
            parts = json.loads(await response.content.read(10_000))
            return "not ready: " + (", ".join(name for name, fine in parts.items() if fine is False and name != "ready") or f"HTTP {response.status}")
    except (aiohttp.ClientError, asyncio.TimeoutError):
        return f"no answer at {base}"
    except (ValueError, AttributeError):
        return f"{base}/readyz answers HTTP {response.status}"
