"""Where names for a child stand in a message, and where none do."""

from __future__ import annotations

import pytest

from weijing.candidate_names import find_candidates, hide_candidates


def names(text: str, asked: bool = False) -> list[str]:
    return [text[start:end] for start, end in find_candidates(text, asked)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("帮我看看王梓涵这个名字", ["王梓涵"]),
        ("王梓涵这个名字可以吗", ["王梓涵"]),
        ("叫张伟的有多少人", ["张伟"]),
        ("全国有多少人叫刘洋", ["刘洋"]),
        ("帮我查一下王梓萱有多少重名的", ["王梓萱"]),
        ("孩子叫李欸可以登记吗", ["李欸"]),
        ("想给孩子起名赵一能上户吗", ["赵一"]),
        ("帮我看看这个名字行不行 刘星辰", ["刘星辰"]),
        ("检查名字 孙悦宁", ["孙悦宁"]),
        ("查名字 林慕白", ["林慕白"]),
        ("名字叫南宫羽", ["南宫羽"]),
        ("想叫王者荣耀能不能上户口", ["王者荣耀"]),
        ("王和平这个名字怎么样", ["王和平"]),
        ("名字叫王A梓行吗", ["王A梓"]),
        ("给宝宝起名王子7号可以吗", ["王子7号"]),
        ("帮我看看劉星辰這個名字", ["劉星辰"]),
        ("帮我看看王𬭎这个名字", ["王𬭎"]),
        ("帮我看看阿依古丽·买买提这个名字", ["阿依古丽·买买提"]),
        ("帮我看看图雅这个名字", ["图雅"]),
        ("女宝宝起名叫诗涵怎么样", ["诗涵"]),
        ("名字想叫欧阳若汐行不行", ["欧阳若汐"]),
        ("看看王李梓涵这个名字", ["王李梓涵"]),
        ("王梓涵、李沐阳、陈一诺哪个名字好", ["王梓涵", "李沐阳", "陈一诺"]),
        ("比较一下王梓涵和王沐宸这两个名字", ["王梓涵", "王沐宸"]),
        ("爸爸姓王妈妈姓李，名字叫李沐阳可以吗", ["李沐阳"]),
        ("我叫张三，想给孩子起名叫张梓涵", ["张梓涵"]),
    ],
)
def test_a_name_is_found_where_names_are_talked_of(text: str, found: list[str]) -> None:
    assert names(text) == found


@pytest.mark.parametrize(
    "text",
    [
        "王梓涵",
        "谢谢",
        "取名有什么规定",
        "起名字有什么规定",
        "女孩五行缺土起什么名好",
        "周易起名",
        "姓冯的女生起什么名字",
        "我喜欢这个名字",
        "请问这个名字可以吗",
        "查重名",
        "房产证加名字",
        "名字最多几个字",
        "我女儿的名字写错了",
        "骗子叫王强这个名字是假的",
        "我要举报王强，这个名字是真名",
        "我叫李建国，住建设路88号",
        "孩子叫救命，名字",
        "查A2026-000123的进度，名字王强",
    ],
)
def test_other_talk_has_none(text: str) -> None:
    assert names(text) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("王梓涵", ["王梓涵"]),
        ("王梓涵、王沐宸", ["王梓涵", "王沐宸"]),
        ("王梓涵 李沐阳 张一诺", ["王梓涵", "李沐阳", "张一诺"]),
        ("王梓涵\n李沐阳", ["王梓涵", "李沐阳"]),
        ("那王沐宸呢", ["王沐宸"]),
        ("换成李沐阳", ["李沐阳"]),
        ("王梓涵，李沐阳，哪个好", ["王梓涵", "李沐阳"]),
        ("欧阳若汐", ["欧阳若汐"]),
        ("阿依古丽.买买提", ["阿依古丽.买买提"]),
        ("叫任嘉伦怎么样", ["任嘉伦"]),
        ("谢谢", []),
        ("好的", []),
        ("转人工", []),
        ("1", []),
        ("查办件进度", []),
        ("新生儿出生登记要带什么材料", []),
        ("方便吗", []),
        ("父母已婚", []),
        ("单亲妈妈", []),
        ("帮我看看王梓涵这个名字", ["王梓涵"]),
    ],
)
def test_names_alone_are_names_once_they_were_asked_for(text: str, found: list[str]) -> None:
    assert names(text, asked=True) == found


def test_each_name_is_replaced_by_its_mask() -> None:
    assert hide_candidates("王梓涵和李沐阳哪个名字好", lambda kind, value: f"〔{kind}{len(value)}〕") == "〔取名3〕和〔取名3〕哪个名字好"


@pytest.mark.parametrize("text", ["", "名字" * 2000, "王" * 5000, "名字" + "王李和" * 60, "叫" * 199, "名字、" * 66, "·" * 199, "名字" + "王·" * 90])
def test_no_message_takes_long(text: str) -> None:
    import time

    started = time.process_time()
    for asked in (False, True):
        find_candidates(text, asked)
    assert time.process_time() - started < 0.3
