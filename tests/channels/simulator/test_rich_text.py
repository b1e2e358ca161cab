"""What can be tapped in a text."""

from __future__ import annotations

import pytest

from channels.simulator.rich_text import Segment, segments


def test_a_menu_link_sends_its_words() -> None:
    link = '<a href="weixin://bizmsgmenu?msgmenucontent=%E8%B4%B9%E7%94%A8&amp;msgmenuid=3">要多少钱</a>'
    assert segments(f"看看{link}吧") == [Segment("看看"), Segment("要多少钱", send="费用", menu_id="3"), Segment("吧")]


def test_addresses_open() -> None:
    found = segments('见 https://example.com/a?b=1，或<a href="tel:110">拨打 110</a>')
    assert [(part.text, part.url) for part in found if part.url] == [("https://example.com/a?b=1", "https://example.com/a?b=1"), ("拨打 110", "tel:110")]


@pytest.mark.parametrize("text", ["<b>粗</b>", '<a href="javascript:alert(1)">点我</a>', '<a href="http://[">坏</a>', "a < b > c", ""])
def test_everything_else_stays_as_it_stands(text: str) -> None:
    assert "".join(part.text for part in segments(text)) == text
    assert not any(part.url or part.send for part in segments(text))
