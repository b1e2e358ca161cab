"""One way of writing for each message before it is understood: width, script, WeChat faces, repeated marks, white space.

The user's own words stay in the tracker; only what is classified and linked is normalised (a rare traditional character in a name must not be lost).
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Any

# The codes that WeChat sends for its own faces: https://developers.weixin.qq.com/doc/offiaccount/Message_Management/Receiving_standard_messages.html
_FACE = re.compile(
    r"\[(?:[\u4e00-\u9fff]{1,4}|[A-Z][A-Za-z]{1,11})\]"
    r"|/::(?:[)~B|<$XZ'(!*&Q@PDOT+#]|-\||-O|>|,@|,|-S|g|L|d)|/:(?:,@[a-zA-Z!@-]|[<>@#&$*?8?BPhM%][a-zA-Z&()>|\-]*)"
)
_EMOJI = re.compile("[\U0001f000-\U0001faff\u2600-\u27bf\ufe0f\u200d\u20e3]")
_INVISIBLE = re.compile("[\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufeff\u0000-\u0008\u000b-\u001f\u007f]")
_REPEATED = re.compile(r"([^\w\s〔〕])\1+")
_DRAWN_OUT = re.compile(r"([\u4e00-\u9fff])\1{3,}")
_SPACE = re.compile(r"\s+")
_HAN_SPACE = re.compile(r"(?<=[\u3000-\u303f\u4e00-\u9fff，。？！]) (?=[\u3000-\u303f\u4e00-\u9fff，。？！])")
_WIDE = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}


def normalise(text: str) -> str:
    """The text as the classifier and the linker read it; masks such as `〔身份证#1a2b3c4d〕` are kept as they are."""
    text = unicodedata.normalize("NFKC", _INVISIBLE.sub("", text))
    text = _EMOJI.sub(" ", _FACE.sub(" ", text))
    text = _DRAWN_OUT.sub(r"\1\1\1", _REPEATED.sub(r"\1", text))
    text = _SPACE.sub(" ", text).strip()
    return simplify(_HAN_SPACE.sub("", text))


def simplify(text: str) -> str:
    """The text in simplified characters."""
    return str(_simplifier().convert(text))


def narrow(text: str) -> str:
    """The text with full-width digits, letters and marks made half-width; every character keeps its place, so that spans stay true."""
    return text.translate(_WIDE)


@lru_cache(maxsize=1)
def _simplifier() -> Any:
    from opencc import OpenCC

    return OpenCC("t2s")
