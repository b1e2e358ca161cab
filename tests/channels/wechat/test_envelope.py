"""What anybody may send, unsigned, is looked through in linear time."""

from __future__ import annotations

import time

import pytest

from channels.wechat.envelope import _ENCRYPT, Envelope
from channels.wechat.xml import MAX_BYTES
from tests.channels.conftest import settings_with
from weijing.errors import PushForbidden

QUERY = {"timestamp": "1714036504", "nonce": "1", "msg_signature": "0" * 40, "encrypt_type": "aes"}


@pytest.mark.parametrize("filling", [b" " * 200, b" " * 60_000, b"a" * 60_000, b"<![CDATA[ " * 6_000, b"<Encrypt> " * 6_000, b"a]]>" + b"\n" * 60_000])
def test_an_unsigned_body_takes_no_long_look(filling: bytes) -> None:
    """With a pattern in which three parts could eat the same spaces, 200 of them stopped the edge for 25 s."""
    envelope, body = Envelope(settings_with("")), b"<xml><Encrypt>" + filling
    assert len(body) < MAX_BYTES
    started = time.process_time()
    with pytest.raises(PushForbidden):
        envelope.open(QUERY, body)
    assert time.process_time() - started < 0.5


@pytest.mark.parametrize("shape", ["<![CDATA[{}]]>", "{}", "\n <![CDATA[\n{}\n]]>\n ", "\n {} \n"])
def test_an_encrypt_element_is_found_however_it_is_laid_out(shape: str) -> None:
    shape = f"<Encrypt>{shape}</Encrypt>"
    assert [b"".join(found.split()) for found in _ENCRYPT.findall(f"<xml>{shape.format('QUJD+/==')}</xml>".encode())] == [b"QUJD+/=="]
