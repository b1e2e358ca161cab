"""Which passwords are too easy to guess. Long ones win, no kind of character is asked for (NIST SP 800-63B, 5.1.1.2)."""

from __future__ import annotations

import re

LEAST, MOST = 12, 128
KEEP = 4
"""Characters that must be left when what everybody uses is taken away."""
COMMON = (
    "password", "passw0rd", "passwd", "administrator", "administrador", "admin", "root", "welcome", "letmein", "iloveyou", "woaini", "qwerty",
    "monkey", "dragon", "football", "baseball", "sunshine", "princess", "superman", "michael", "shadow", "master", "login", "abc", "a1b2c3", "test",
    "guest", "user", "changeme", "secret", "default", "system", "oracle", "mysql", "huawei", "xiaomi", "tencent", "alibaba", "taobao", "weixin",
    "wechat", "weijing", "gongan", "gonganju", "jingcha", "jinghua", "police", "paichusuo", "zhongguo", "china", "beijing", "shanghai", "mima",
    "denglu", "nihao", "zuoxi", "zhuguan", "guanli", "xunlian", "shenji", "微警", "公安", "警察", "密码", "管理员", "派出所",
)  # fmt: skip
_ROWS = ("01234567890", "abcdefghijklmnopqrstuvwxyz", "qwertyuiop", "asdfghjkl", "zxcvbnm", "1qaz2wsx3edc4rfv5tgb6yhn7ujm", "!@#$%^&*()")
_YEAR = re.compile(r"(?:19|20)\d\d")
_LEET = str.maketrans("@013457$!", "aoieastsi")


def weakness(password: str, *names: str) -> str:
    """What is wrong with a password, Chinese; empty when it will do.

    Args:
        names: the person's login name and the like, which it may not hold.
    """
    if len(password) < LEAST:
        return f"密码至少 {LEAST} 个字符；用几个不相干的词连起来，好记又难猜"
    if len(password) > MOST:
        return f"密码最多 {MOST} 个字符"
    lower = password.lower()
    if any(len(name) > 2 and name.lower() in lower for name in names):
        return "密码里不能有登录名"
    dated = _YEAR.sub(" ", lower)
    if len(set(lower)) < 6 or min(len(_uncommon(one)) for one in (dated, dated.translate(_LEET))) < KEEP:
        return "这个密码太常见，容易被猜到；请用几个不相干的词连起来"
    return ""


def _uncommon(text: str) -> str:
    """What is left without common words, runs of the keyboard and repetitions."""
    for word in sorted(COMMON, key=len, reverse=True):
        text = text.replace(word, " ")
    for row in _ROWS:
        for line in (row, row[::-1]):
            text = _without_runs(text, line)
    kept = [one for number, one in enumerate(text) if one != " " and (number == 0 or one != text[number - 1])]
    return "".join(kept)


def _without_runs(text: str, line: str) -> str:
    for length in range(len(line), 2, -1):
        for start in range(len(line) - length + 1):
            text = text.replace(line[start : start + length], " ")
    return text
