"""A push as WeChat seals it, and the test that WeChat puts a reply to.

On purpose this shares no line with the edge: the crypto is wechatpy's, so both sides of the callback are written twice.
"""

from __future__ import annotations

import secrets
import struct
from dataclasses import dataclass, field
from xml.etree import ElementTree

from wechatpy.crypto import WeChatCrypto
from wechatpy.exceptions import WeChatException
from wechatpy.utils import WeChatSigner

from weijing.errors import ReplyRejected
from weijing.settings import Settings

TEXT_BYTES = 2048
"""Longer texts are refused (45002 on the API; SDKs cut passive replies at the same length)."""
REPLY_TYPES = {"text", "image", "voice", "video", "music", "news", "transfer_customer_service"}
_BROKEN = (WeChatException, ValueError, IndexError, KeyError, TypeError, AttributeError, struct.error)
"""What wechatpy raises on a body that it cannot open."""


@dataclass(frozen=True)
class Sealed:
    """One request to the callback: query and body."""

    query: dict[str, str]
    body: str


@dataclass(frozen=True)
class Reply:
    """A passive reply that WeChat accepts; `kind` is empty for `success` or an empty body.

    Args:
        xml: the plain XML.
        articles: of a news reply, each with Title, Description, PicUrl, Url.
    """

    kind: str = ""
    xml: str = ""
    text: str = ""
    media_id: str = ""
    articles: list[dict[str, str]] = field(default_factory=list)


class Envelope:
    """Seals and opens for one account.

    Args:
        settings: the account: token, key, AppID, original id, mode.
    """

    def __init__(self, settings: Settings) -> None:
        self._mode = settings.wechat_mode
        self._token = settings.wechat_token.get_secret_value()
        self.account = settings.wechat_original_id
        self._crypto = WeChatCrypto(self._token, settings.wechat_aes_key.get_secret_value(), settings.wechat_app_id)

    def seal(self, xml: str, openid: str, timestamp: int) -> Sealed:
        """The request of one attempt; each has a nonce of its own."""
        stamp, nonce = str(timestamp), str(secrets.randbelow(10**10))
        query = {"signature": self._sign(stamp, nonce), "timestamp": stamp, "nonce": nonce, "openid": openid}
        if self._mode == "plain":
            return Sealed(query, xml)
        sealed = ElementTree.fromstring(self._crypto.encrypt_message(xml, nonce, stamp))  # noqa: S314  our own XML
        cipher = sealed.findtext("Encrypt", "")
        query |= {"encrypt_type": "aes", "msg_signature": sealed.findtext("MsgSignature", "")}
        receiver = f"<ToUserName><![CDATA[{self.account}]]></ToUserName>"
        inside = xml.removeprefix("<xml>").removesuffix("</xml>").strip() if self._mode == "compatible" else receiver
        return Sealed(query, f"<xml>\n{inside}\n<Encrypt><![CDATA[{cipher}]]></Encrypt>\n</xml>")

    def open(self, body: str, openid: str) -> Reply:
        """The reply, checked as WeChat checks it.

        Raises:
            ReplyRejected: the user would see the fault notice; the sentence says why.
        """
        if body.strip() in {"", "success"}:
            return Reply()
        root = _parse(body)
        if root.find("Encrypt") is None:
            if self._mode == "safe":
                raise ReplyRejected("安全模式下的回复没有加密")
            return check_reply(body, openid, self.account)
        try:
            parts = [root.findtext(name, "") for name in ("MsgSignature", "TimeStamp", "Nonce")]
            plain = self._crypto.decrypt_message(body, *parts)
        except _BROKEN as error:
            raise ReplyRejected(f"回复解不开：{type(error).__name__}") from None
        return check_reply(plain.decode() if isinstance(plain, bytes) else plain, openid, self.account)

    def _sign(self, timestamp: str, nonce: str) -> str:
        signer = WeChatSigner()
        signer.add_data(self._token, timestamp, nonce)
        return str(signer.signature)


def check_reply(xml: str, openid: str, account: str) -> Reply:
    """Read a plain reply (被动回复用户消息).

    Raises:
        ReplyRejected: not well-formed, an element twice, wrong addressee, unknown type, empty or too long.
    """
    root = _parse(xml)
    names = [child.tag for child in root]
    if len(names) != len(set(names)):
        raise ReplyRejected("回复里有重复的元素")
    if root.findtext("ToUserName") != openid or root.findtext("FromUserName") != account:
        raise ReplyRejected("回复的收件人或发件人不对")
    if not (root.findtext("CreateTime") or "").isdigit():
        raise ReplyRejected("CreateTime 不是整数")
    kind, text = root.findtext("MsgType", ""), root.findtext("Content") or ""
    if kind not in REPLY_TYPES:
        raise ReplyRejected(f"不支持的回复类型：{kind or '空'}")
    if kind == "text" and not text.strip():
        raise ReplyRejected("Content 为空")
    if len(text.encode()) > TEXT_BYTES:
        raise ReplyRejected(f"Content 有 {len(text.encode())} 字节，上限 {TEXT_BYTES}")
    articles = [{child.tag: child.text or "" for child in item} for item in root.findall("Articles/item")]
    if kind == "news" and not articles:
        raise ReplyRejected("图文回复没有文章")
    return Reply(kind, xml, text, root.findtext(".//MediaId") or "", articles)


def _parse(text: str) -> ElementTree.Element:
    try:
        root = ElementTree.fromstring(text)  # noqa: S314  the edge's own answer, on this machine
    except ElementTree.ParseError as error:
        raise ReplyRejected(f"回复不是合法的 XML：{error}") from None
    if root.tag != "xml":
        raise ReplyRejected("回复的根元素不是 xml")
    return root
