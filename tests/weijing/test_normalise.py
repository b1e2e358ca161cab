from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from weijing.normalise import narrow, normalise


@pytest.mark.parametrize(
    ("raw", "plain"),
    [
        ("身份證丟了怎麼補辦", "身份证丢了怎么补办"),
        ("ＡＢＣ１２３", "ABC123"),
        ("[微笑]你好[Smile]/::)", "你好"),
        ("怎么办？？？！！！。。。", "怎么办?!。"),
        ("身份证  丢 了\n怎么办", "身份证丢了怎么办"),
        ("A2026-000123  到哪 一步了", "A2026-000123 到哪一步了"),
        ("啊啊啊啊啊啊救命", "啊啊啊救命"),
        ("🙏谢谢👍🏻", "谢谢"),
        ("我的电话是〔手机#1a2b3c4d〕", "我的电话是〔手机#1a2b3c4d〕"),
        ("", ""),
    ],
)
def test_normalise(raw: str, plain: str) -> None:
    assert normalise(raw) == plain


@given(st.text(max_size=60))
def test_normalise_is_settled_after_two_passes(text: str) -> None:
    once = normalise(normalise(text))
    assert normalise(once) == once


@given(st.text(max_size=60))
def test_narrow_keeps_every_place(text: str) -> None:
    assert len(narrow(text)) == len(text)


def test_importing_the_hall_loads_no_heavy_library() -> None:
    code = "import sys, weijing.privacy, weijing.normalise; print([m for m in ('phonenumbers', 'opencc', 'stdnum', 'rasa', 'numpy') if m in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "[]"
