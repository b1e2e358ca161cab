"""Easy mode as a pure function: one bubble, short lines, digits."""

from __future__ import annotations

from weijing.easy_mode import ease, rest_of

CARD = (
    "【身份证丢失补领】材料\n1. 户口簿（原件）\n2. 居民身份证领取凭证（原件）\n3. 照片回执（原件）\n4. 申请表（原件）\n"
    "依据：《居民身份证法》第十一条（2026年11月22日核对）"
)
LINK = '<a href="https://example.org/h5/items/x">查看详情</a>'
BUTTONS = [{"title": "费用", "payload": "补领要多少钱"}, {"title": "转人工", "payload": "转人工"}]


def test_a_long_card_is_cut_to_three_lines_and_goes_on() -> None:
    eased = ease([{"text": f"{CARD}\n{LINK}", "buttons": BUTTONS}])
    lines = eased.bubbles[0]["text"].splitlines()
    assert len(eased.bubbles) == 1 and "buttons" not in eased.bubbles[0]
    assert lines[:4] == CARD.splitlines()[:4] and lines[4:] == ["1 继续", "2 费用", "0 人工　9 再说一遍"]
    assert [choice["payload"] for choice in eased.choices] == ["继续", "补领要多少钱"]
    rest = rest_of(CARD)
    assert rest.splitlines() == ["【身份证丢失补领】材料", *CARD.splitlines()[4:]] and not rest_of(rest)
    assert [choice["title"] for choice in ease([{"text": rest, "buttons": eased.choices}]).choices] == ["费用"]


def test_nothing_is_said_twice_or_lost_by_going_on() -> None:
    text = "【x】材料\n" + "\n".join(f"{number}. 某某材料" for number in range(1, 30))
    seen: list[str] = []
    while text:
        seen += [line for line in ease([{"text": text}]).bubbles[0]["text"].splitlines() if line[0].isdigit() and "材料" in line]
        text = rest_of(text)
    assert seen == [f"{number}. 某某材料" for number in range(1, 30)]


def test_sentences_stand_on_lines_of_their_own() -> None:
    assert ease([{"text": "请先说地点。再说时间，好吗？"}]).bubbles[0]["text"].splitlines()[:2] == ["请先说地点。", "再说时间，好吗？"]


def test_what_must_be_read_whole_is_not_cut() -> None:
    lines = "\n".join(f"{number} 某项：某值" for number in range(12))
    assert not rest_of(f"请核对，还没有提交：\n{lines}") and not rest_of(f"查询码只显示这一次，请截图保存。\n{lines}") and rest_of(lines)
    assert len(ease([{"text": lines}], again=lambda text: False).bubbles[0]["text"].splitlines()) == 13


def test_a_link_stays_where_words_alone_would_not_do() -> None:
    needed = '请点这里<a href="https://example.org/h5/identity">绑定身份</a>：填姓名。'
    assert "href" in ease([{"text": needed}]).bubbles[0]["text"]
    assert "href" in ease([{"text": LINK}]).bubbles[0]["text"]
    assert "地图" not in ease([{"text": "某派出所\n地图：https://apis.map.qq.com/x"}]).bubbles[0]["text"]


def test_digits_never_collide_with_the_two_that_are_always_there() -> None:
    many = [{"title": f"第{number}", "payload": f"选{number}"} for number in range(15)]
    eased = ease([{"text": "选哪个？", "buttons": many}, {"image": "https://example.org/x.png"}])
    numbers = [line.split()[0] for line in eased.bubbles[0]["text"].splitlines()[1:-1]]
    assert numbers == [str(number) for number in range(1, 9)] and len(eased.choices) == 8
    assert eased.bubbles[1] == {"image": "https://example.org/x.png"}


def test_an_aside_and_the_open_question_are_one_bubble_with_the_question_last() -> None:
    eased = ease([{"text": CARD}, {"text": "请发来编号。"}])
    assert len(eased.bubbles) == 1 and eased.bubbles[0]["text"].splitlines()[4:] == ["请发来编号。", "1 继续", "0 人工　9 再说一遍"]
