"""wechatpy's own example of an encrypted echo (examples/echo-encrypted), its Flask view as an aiohttp handler."""

from __future__ import annotations

import asyncio

from aiohttp import web
from wechatpy import create_reply, parse_message
from wechatpy.crypto import WeChatCrypto
from wechatpy.exceptions import InvalidAppIdException, InvalidSignatureException
from wechatpy.utils import check_signature

from bench.peers.account import SLOW, SLOW_S, Handled, arguments

given = arguments()
handled = Handled(given.handled)


async def callback(request: web.Request) -> web.Response:
    """GET verifies the URL, POST is a push."""
    query = request.query
    timestamp, nonce = query.get("timestamp", ""), query.get("nonce", "")
    try:
        check_signature(given.token, query.get("signature", ""), timestamp, nonce)
    except InvalidSignatureException:
        return web.Response(status=403)
    if request.method == "GET":
        return web.Response(text=query.get("echostr", ""))
    crypto = WeChatCrypto(given.token, given.key, given.app_id)
    try:
        xml = crypto.decrypt_message(await request.read(), query.get("msg_signature", ""), timestamp, nonce)
    except (InvalidSignatureException, InvalidAppIdException):
        return web.Response(status=403)
    message = parse_message(xml)
    words = message.content if message.type == "text" else getattr(message, "key", None) or message.type
    handled.note(message.source, words)
    if words.startswith(SLOW):
        await asyncio.sleep(SLOW_S)
    return web.Response(text=crypto.encrypt_message(create_reply(words, message).render(), nonce, timestamp), content_type="application/xml")


app = web.Application()
app.add_routes([web.get("/", callback), web.post("/", callback)])
web.run_app(app, host="127.0.0.1", port=given.port, access_log=None, print=None)
