"""A reply as customer-service messages, for every mix of bubbles."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from channels.wechat.cutting import LIMIT, fit, pieces, size
from channels.wechat.parts import CHOOSE, Part, pack
from channels.wechat.passive import ASK_FOR_REST
from channels.wechat.render import number

OURS = "https://h5.example.gov.cn/static/pictures/map.png"
LINK = '<a href="https://h5.example.gov.cn/item/{}">办事指南第{}项</a>'
BLANK = re.compile(r"\s+")

sentences = st.sampled_from(["请带身份证原件。", "费用 40 元；", "需要多久？\n", "好", "𠮷野家👨‍👩‍👧在左边，", "x" * 90, "\n\n", "没有标点的一长串文字" * 40])
links = st.integers(0, 99).map(lambda count: LINK.format(count, count))
odd = st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="<>:"), max_size=40)
runs = st.lists(st.one_of(sentences, sentences, links, odd), max_size=30).map("".join)
texts = st.tuples(runs, st.integers(1, 8)).map(lambda run: run[0] * run[1])
long_texts = st.tuples(runs.filter(bool), runs).map(lambda run: "".join(run) + "请带身份证原件，到户籍地派出所办理。" * 130 + "".join(run))
buttons = st.lists(st.fixed_dictionaries({"title": st.just("看看"), "payload": st.text("身份证补办费用", min_size=1, max_size=20)}), max_size=60)
NEWS = {"news": {"title": "身份证补领", "description": "一图看懂", "url": "https://h5.example.gov.cn/item/1", "picture": OURS}}
MINI = {"miniprogram": {"title": "预约", "appid": "wx1", "path": "pages/a", "picture": OURS, "url": "https://h5.example.gov.cn/b"}}
pictures = st.sampled_from([OURS, "https://elsewhere.example/x.png"])
bubbles = st.fixed_dictionaries({}, optional={"text": texts, "buttons": buttons, "image": pictures, "custom": st.sampled_from([NEWS, MINI, {}])})


def owned(url: str) -> bool:
    return url == OURS


def said(part: Part) -> str:
    """The words of a message."""
    if part.message["msgtype"] == "msgmenu":
        head: str = part.message["msgmenu"]["head_content"]
        return "" if head == CHOOSE else head
    return str(part.message.get("text", {}).get("content", ""))


def weight(part: Part) -> int:
    menu = part.message.get("msgmenu") or {}
    return size(said(part) or menu.get("head_content", "")) + sum(size(item["content"]) for item in menu.get("list", []))


def bare(text: str) -> str:
    return BLANK.sub("", text)


def greedy(text: str) -> int:
    """The least number of messages for a text, reckoned without the code under test: characters and links as indivisible atoms."""
    atoms = [found[0] for found in re.finditer(r"<a [^>]*>.*?</a>|https?://[!-;=?-~]+|\s+|.", text, re.DOTALL)]
    count, room = 1, LIMIT
    for index, atom in enumerate(atoms):
        if size(atom) > room and not (atom.isspace() and index == len(atoms) - 1):
            count, room = count + 1, LIMIT
            if atom.isspace():
                continue
        room -= size(atom)
    return count


@settings(max_examples=150, deadline=None)
@given(st.lists(bubbles, max_size=6))
def test_nothing_is_lost_cut_up_out_of_order_or_too_long(reply: list[dict[str, Any]]) -> None:
    parts = pack(number(reply), owned)
    assert all(weight(part) <= LIMIT for part in parts)
    wanted = "".join(bubble.get("text", "") + ("查看图片" if bubble.get("image", OURS) != OURS else "") for bubble in reply)
    got = "".join(said(part) for part in parts)
    assert bare(re.sub(r'<a href="https://elsewhere[^>]*>(.*?)</a>', r"\1", got)) == bare(wanted)
    assert all(text.count("<a ") == text.count("</a>") for text in map(said, parts))
    payloads = [item["content"] for part in parts for item in part.message.get("msgmenu", {}).get("list", [])]
    assert payloads == [button["payload"] for bubble in reply for button in bubble.get("buttons", [])]
    cards = [part.message["msgtype"] for part in parts if part.message["msgtype"] not in {"text", "msgmenu"}]
    named = [("image" if bubble.get("image") == OURS else "", *bubble.get("custom", {})) for bubble in reply]
    assert cards == [{"miniprogram": "miniprogrampage"}.get(kind, kind) for row in named for kind in row if kind]
    assert not any(part.message["msgtype"] == "text" and not said(part).strip() for part in parts)
    again = pack([bubble for part in parts for bubble in part.bubbles], owned)
    assert len(again) <= len(parts), "what is kept of a reply can be packed again"


@settings(max_examples=150, deadline=None)
@given(texts)
def test_a_text_takes_the_fewest_messages(text: str) -> None:
    found = pieces(text)
    assert len(found) == greedy(text.strip())
    assert bare("".join(found)) == bare(text)


@settings(max_examples=100, deadline=None)
@given(long_texts, st.integers(1, 2))
def test_what_is_allowed_ends_with_a_word_on_the_rest(text: str, count: int) -> None:
    allowed, rest = fit(text.strip(), count, ASK_FOR_REST)
    found = pieces(allowed)
    assert len(found) <= count and found[-1].endswith(ASK_FOR_REST.strip()) and rest
    assert bare(allowed.removesuffix(ASK_FOR_REST) + rest) == bare(text)


@pytest.mark.parametrize(
    ("reply", "kinds"),
    [
        ([{"text": "一"}, {"text": "二"}, {"text": "三"}], ["text"]),
        ([{"text": "一"}, {"text": "选", "buttons": [{"title": "好", "payload": "好"}]}], ["msgmenu"]),
        ([{"text": "一", "image": OURS}, {"text": "二"}], ["text", "image", "text"]),
        ([{"image": "https://elsewhere.example/x.png"}, {"text": "二"}], ["text"]),
        ([{"custom": NEWS}], ["news"]),
        ([{"custom": MINI}], ["miniprogrampage"]),
        ([{"custom": {"news": {"title": "没有网址"}}}, {"custom": {"miniprogram": {"title": "没有封面", "appid": "wx1"}}}], ["text"]),
        ([{"text": "长" * 700, "buttons": [{"title": "好", "payload": "好"}]}], ["text", "msgmenu"]),
        ([], []),
    ],
)
def test_the_type_of_each_message(reply: list[dict[str, Any]], kinds: list[str]) -> None:
    assert [part.message["msgtype"] for part in pack(number(reply), owned)] == kinds


def test_a_news_card_names_no_picture_of_others() -> None:
    card = {"news": {**NEWS["news"], "picture": "https://elsewhere.example/x.png"}}
    (article,) = pack([{"custom": card}], owned)[0].message["news"]["articles"]
    assert "picurl" not in article


def test_a_part_gets_its_picture_or_says_its_link() -> None:
    image, page = pack([{"image": OURS}, {"custom": MINI}], owned)
    assert image.filled("M1") == {"msgtype": "image", "image": {"media_id": "M1"}}
    assert page.filled("M2")["miniprogrampage"] == {"title": "预约", "appid": "wx1", "pagepath": "pages/a", "thumb_media_id": "M2"}
    assert OURS in image.filled("")["text"]["content"]
    assert 'data-miniprogram-appid="wx1"' in page.filled("")["text"]["content"]
