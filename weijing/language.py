"""Which language a message is written in, where that is not Chinese: by its script, and English by its commonest words.

A library that guesses among many languages is not needed: we answer in Chinese and English only, and everything else goes to a person whatever it is.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from functools import cache
from itertools import pairwise

from weijing.privacy import MASK
from weijing.settings import ROOT

ENGLISH = "英文"

SCRIPTS = {
    "MONGOLIAN": "传统蒙古文", "TIBETAN": "藏文", "ARABIC": "阿拉伯字母文字（如维吾尔文、哈萨克文）", "HANGUL": "朝鲜文（韩文）", "YI": "彝文",
    "CYRILLIC": "西里尔字母文字（如俄文、蒙古文、哈萨克文）", "HIRAGANA": "日文", "KATAKANA": "日文", "THAI": "泰文", "LISU": "傈僳文", "TAI": "傣文",
    "NEW": "傣文", "LAO": "老挝文", "MYANMAR": "缅文", "KHMER": "高棉文", "DEVANAGARI": "天城文字", "GREEK": "希腊文", "HEBREW": "希伯来文",
}  # fmt: skip
"""First word of a letter's Unicode name -> the script as staff and users call it."""
LATIN = "拉丁字母文字（不是英文）"
OTHER = "其他文字"

WORDS_FILE = ROOT / "data" / "lookups" / "english_words.txt"
"""Words, one a line, that are English and no syllable of pinyin."""
COURTESIES = frozenset({
    "hello", "hi", "hey", "thanks", "thank", "thx", "ok", "okay", "yes", "no", "bye", "goodbye", "good", "morning", "evening", "night", "you", "so", "much",
    "very", "fine", "cool", "yeah", "nice", "sorry", "please",
})  # fmt: skip
"""What Chinese users write too: a message of nothing else is answered in Chinese."""
BOTH = frozenset({"a", "an", "i", "can", "he", "me", "she", "you", "men", "man", "long", "die", "run", "fan", "pan", "pin"})
"""English words that pinyin has as well: they tell nothing."""
LETTERS_A_WORD = 8
"""A Chinese sentence may name a passport or a visa in Latin letters: one character of Chinese outweighs so many of them."""
_LATIN_WORD = re.compile(r"[a-z]+(?:['’][a-z]+)?")


def language_of(text: str) -> str | None:
    """`ENGLISH`, another language's script in Chinese words, or None for Chinese and for what is no language (a number, an emoji, a joke)."""
    text = unicodedata.normalize("NFKC", MASK.sub(" ", text))
    letters = Counter(_script(letter) for letter in text if unicodedata.category(letter) in {"Lo", "Ll", "Lu", "Lt"})
    foreign = Counter({script: count for script, count in letters.items() if script not in {"CJK", "LATIN"}})
    script, count = next(iter(foreign.most_common(1)), ("", 0))
    if count > letters["CJK"] and count > letters["LATIN"]:
        return SCRIPTS.get(script, OTHER) if _has_word(text, script) else None
    chinese = letters["CJK"] * LETTERS_A_WORD > sum(letters.values())
    return None if chinese else _latin(text.lower().replace("’", "'"))


@cache
def _words() -> frozenset[str]:
    return frozenset(WORDS_FILE.read_text(encoding="utf-8").split())


def _latin(text: str) -> str | None:
    """English when its commonest words carry the message; other Latin letters only where marks on them leave no doubt."""
    words = _LATIN_WORD.findall(text)
    known = [word for word in words if word in _words()]
    telling = [word for word in words if word not in BOTH]
    if known and not COURTESIES.issuperset(words) and len(known) * 3 >= len(telling):
        return ENGLISH
    marked = [letter for letter in unicodedata.normalize("NFC", text) if ord(letter) > 0xBF and _script(letter) == "LATIN"]
    return LATIN if len(marked) >= 3 and len(text.split()) >= 3 else None


def _script(letter: str) -> str:
    """The first word of its Unicode name; the single letters that Chinese users draw faces with (ㅋ, ㅠ) are no Hangul."""
    if "\u3130" <= letter <= "\u318f":
        return "JAMO"
    return unicodedata.name(letter, "OTHER").partition(" ")[0]


def _has_word(text: str, script: str) -> bool:
    """Whether three different letters of the script are there, two of them side by side: faces such as ヾ(≧▽≦)و have neither."""
    found = [_script(letter) == script for letter in text]
    return len({letter for letter in text if _script(letter) == script}) >= 3 and any(one and two for one, two in pairwise(found))
