"""Which language a message is in, by script and by the commonest English words."""

from __future__ import annotations

from pathlib import Path

import pytest

from weijing.language import ENGLISH, LATIN, language_of
from weijing.normalise import normalise

SPOKEN = {
    ENGLISH: (
        "Hello, do you speak English?",
        "visa", "visa extension", "lost passport", "How do I register my accommodation", "Can you help me", "how long does it take",
        "I lost my passport 〔手机#1a2b3c4d〕",
        "Where is the nearest police station", "WHAT DO I NEED FOR A RESIDENCE PERMIT", "Ｈｏｗ ｍｕｃｈ ｉｓ ｉｔ", "help",
        "Can you recommend a good restaurant?",
    ),
    "藏文": ("བོད་ཡིག་ཤེས་ཀྱི་ཡོད་དམ",),
    "传统蒙古文": ("ᠮᠣᠩᠭᠣᠯ ᠬᠡᠯᠡ",),
    "阿拉伯字母文字（如维吾尔文、哈萨克文）": ("پاسپورتىم يوقاپ كەتتى", "قازاق ءتىلى"),
    "朝鲜文（韩文）": ("여권을 잃어버렸어요",),
    "彝文": ("ꆈꌠꁱꂷ",),
    "日文": ("ビザを延長したいです",),
    "西里尔字母文字（如俄文、蒙古文、哈萨克文）": ("Потерял паспорт", "Монгол хэл мэдэх үү"),
    LATIN: ("Tôi bị mất hộ chiếu ở đây",),
}  # fmt: skip
CHINESE = (
    "身份证丢了怎么补办", "我的passport丢了", "visa extension去哪办", "residence permit多少钱", "預約辦護照", "我の朋友",
    "这个韩文여권什么意思", "wo yao ban shen fen zheng",
    "shenfenzheng diu le zen me ban", "A2026-000123", "J2026-000123 7KQ2-M9XD", "12367", "110", "〔手机#1a2b3c4d〕",
)  # fmt: skip
NO_LANGUAGE = (
    "😀😀😀", "[微笑][微笑]", "👮‍♂️", "？？？", "...", "ヾ(≧▽≦*)o", "ㅋㅋㅋㅋ", "ㅠㅠ", "(๑•̀ㅂ•́)و✧",
    "Σ(っ °Д °;)っ", "ツ", "asdf qwer zxcv", "qq", "VX", "wifi", "ETC",
    "hello", "Hi", "OK", "thank you very much", "bye bye", "", "a",
)  # fmt: skip


@pytest.mark.parametrize(("language", "text"), [(language, text) for language, texts in SPOKEN.items() for text in texts])
def test_a_foreign_message_is_known_by_its_script_or_its_words(language: str, text: str) -> None:
    assert language_of(text) == language


@pytest.mark.parametrize("text", [*CHINESE, *NO_LANGUAGE])
def test_chinese_codes_emoji_and_courtesies_are_not_foreign(text: str) -> None:
    assert language_of(text) is None


def test_traditional_characters_are_chinese_and_become_simplified() -> None:
    assert normalise("預約辦護照") == "预约办护照" and language_of("請問居住證簽注") is None


def test_what_people_ask_elsewhere_is_chinese(shared: Path) -> None:
    lines = [line.split("\t")[0] for path in sorted((shared / "eval/oos").iterdir()) for line in path.read_text().splitlines()]
    taken = [line for line in lines if any("\u4e00" <= letter <= "\u9fff" for letter in line) and language_of(line)]
    assert len(taken) / len(lines) < 0.001, taken[:20]
