"""The pages on which a person sets up an authenticator and gets recovery codes."""

from __future__ import annotations

from aiohttp import web

from console import audit
from console.context import console_of
from console.entry.own_password import confirm
from console.entry.second_factor import TOTP_KEY, enrol, new_codes, offer, offered, picture, step_of
from console.form import read_form
from console.staff import staff_of


async def show_totp(request: web.Request) -> web.StreamResponse:
    """A new secret as a QR code and as text."""
    return _form(request, offer(staff_of(request).id, request.config_dict[TOTP_KEY]), {}, 200)


async def set_totp(request: web.Request) -> web.StreamResponse:
    """The code proves that the authenticator has the secret; the recovery codes are shown this once."""
    console, staff, key, form = console_of(request), staff_of(request), request.config_dict[TOTP_KEY], await read_form(request)
    secret = offered(form.raw("offer"), staff.id, key)
    if not secret:
        return _form(request, offer(staff.id, key), {"code": "这张二维码过期了，请扫新的这张"}, 422)
    if not staff.must_enrol and (fault := await confirm(request, staff, form.raw("old"))):
        return _form(request, form.raw("offer"), {"old": fault}, 422)
    step = step_of(secret, form.raw("code")[:20])
    if not step:
        return _form(request, form.raw("offer"), {"code": "动态码不对。请填验证器现在显示的六位数字；一直不对的话，看看手机的时间准不准"}, 422)
    async with console.engine.begin() as connection:
        await enrol(connection, staff.id, secret, step, key)
        codes = await new_codes(connection, staff.id, console.settings.derived_key("console-recovery"))
        await audit.append(connection, staff.id, "totp.enrolled", staff.id)
    return console.pages.show(request, "entry/codes.html", codes=codes, enrolled=True)


async def show_codes(request: web.Request) -> web.StreamResponse:
    """Ask for the password before new recovery codes are made."""
    return console_of(request).pages.show(request, "entry/new_codes.html", faults={})


async def make_codes(request: web.Request) -> web.StreamResponse:
    """New recovery codes; the old ones are void."""
    console, staff, form = console_of(request), staff_of(request), await read_form(request)
    if fault := await confirm(request, staff, form.raw("old")):
        return console.pages.show(request, "entry/new_codes.html", faults={"old": fault}, status=422)
    async with console.engine.begin() as connection:
        codes = await new_codes(connection, staff.id, console.settings.derived_key("console-recovery"))
        await audit.append(connection, staff.id, "codes.made", staff.id)
    return console.pages.show(request, "entry/codes.html", codes=codes, enrolled=False)


def _form(request: web.Request, token: str, faults: dict[str, str], status: int) -> web.Response:
    staff = staff_of(request)
    secret = offered(token, staff.id, request.config_dict[TOTP_KEY])
    spaced = " ".join(secret[start : start + 4] for start in range(0, len(secret), 4))
    values = {"offer": token, "secret": spaced, "picture": picture(secret, staff.id), "faults": faults}
    return console_of(request).pages.show(request, "entry/totp.html", status=status, **values)
