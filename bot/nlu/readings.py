"""How characters sound: the usual reading of each, without tones.

Made by pypinyin when a model is trained and kept with it: a worker does not load the 50 MB of its phrases.
"""

from __future__ import annotations

import re

Readings = dict[str, str]
"""Character -> its syllable as pypinyin writes it."""

_ALIKE = ((re.compile("^([zcs])h"), r"\1"), (re.compile("ng$"), "n"), (re.compile("^l"), "n"))
"""What many speakers and input methods do not tell apart: zh/z, ch/c, sh/s, ng/n, l/n."""


def make_readings() -> Readings:
    """The 6,763 characters of GB/T 2312, rows 16 to 87."""
    from pypinyin import Style, pinyin

    signs = [bytes((row, cell)).decode("gb2312", errors="ignore") for row in range(0xB0, 0xF8) for cell in range(0xA1, 0xFF)]
    return {sign: pinyin(sign, style=Style.NORMAL)[0][0] for sign in signs if sign}


def heard(syllable: str) -> str:
    """The syllable as a careless ear hears it."""
    for pattern, by in _ALIKE:
        syllable = pattern.sub(by, syllable)
    return syllable
