"""Names for a child: candidates looked at in the turn that brings them, the rules, and the way to birth registration. Nothing of a name is kept."""

from __future__ import annotations

import re

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.base import BaseAction, Event
from actions.hanzi import Hanzi, is_han, look_up, standard_form
from actions.naming_check import Checked, check, known
from actions.naming_namesakes import namesakes
from actions.said import Said
from store.context import current
from weijing.candidate_names import KIND, find_candidates
from weijing.privacy import MASK, SURNAMES

MOST = 5
"""Names compared in one answer: more do not fit into a passive reply."""
_PARENT = re.compile(rf"(?:爸爸?|父亲|妈妈?|母亲|老公|老婆|丈夫|妻子|我|他|她)(?:是|都)?姓({SURNAMES})")
_CHARACTER = re.compile(r"[“\"「]?(\S)[”\"」]?(?:这个|這個)?字(?!典|母|辈|里|数|上)")
_NO_CHARACTER = frozenset("个的名用单双两三四五几打写取起改生僻异体繁简错罕常用表数范汉文")
_RULES = re.compile(
    r"规定|要求|限制|规范|注意|讲究|规则|法律|几个字|多少个?字|[两三四五六单]个?字|繁体|异体|生僻|字母|英文|外文|数字|符号|拼音|有个点|打不出"
    r"|随|跟|姓[氏可]|两个姓|双姓|合规|违规|限|禁"
)


class ActionCheckName(BaseAction):
    """Look at the names of the message, or at one character, or say the rules, or ask for names."""

    async def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[Event]:
        """One bubble; no slot."""
        text = Said.latest(tracker).text
        names = _names(text)
        character = next((one[1] for one in _CHARACTER.finditer(text) if is_han(one[1]) and one[1] not in _NO_CHARACTER), "")
        if names:
            await _show(dispatcher, tracker.sender_id, names, frozenset(_PARENT.findall(text)))
        elif character:
            dispatcher.utter_message(response="utter_naming_character", facts=_character(character, look_up(character)))
        else:
            dispatcher.utter_message(response="utter_naming_rules" if _RULES.search(text) else "utter_naming_ask")
        return []


def _names(text: str) -> list[str]:
    """The names that the worker hid; where nobody hides (`rasa shell`) those in the text."""
    hidden = [found[0] for found in MASK.finditer(text) if found[1] == KIND]
    names = [current().reveal(one) for one in hidden] or [text[start:end] for start, end in find_candidates(text, asked=True)]
    return list(dict.fromkeys(one for one in names if not MASK.fullmatch(one)))


async def _show(dispatcher: CollectingDispatcher, openid: str, names: list[str], parents: frozenset[str]) -> None:
    found = [check(name, parents) for name in names[:MOST]]
    scope, people = await namesakes(openid, [one.name for one in found])
    if len(found) == 1:
        same = f"\n同名的人：{people[0]}（{scope}）" if scope else ""
        dispatcher.utter_message(response="utter_naming_result", facts=_whole(found[0], parents) + same)
        return
    rows = "\n".join(f"{number}. {_row(one, same)}" for number, (one, same) in enumerate(zip(found, people, strict=True), start=1))
    rows += f"\n同名按{scope}。" if scope else ""
    left = f"\n一次看 {MOST} 个，另外 {len(names) - MOST} 个请再发一次。" if len(names) > MOST else ""
    dispatcher.utter_message(response="utter_naming_compared", rows=rows + left, count=len(found))


def _whole(one: Checked, parents: frozenset[str]) -> str:
    """Everything on one name, a line each; what is wrong first."""
    notes = [known()["notes"][code]["text"].format(chars=chars) for code, chars in one.notes.items()]
    band = f"常见程度：{_band(one)}（按公安部历年姓名报告粗估，不是重名人数）" if _band(one) else ""
    lines = [f"【{one.name}】{_verdict(one)}", *(f"· {note}" for note in notes), _surname(one, parents), _sound(one), band]
    return "\n".join(filter(None, lines))


def _row(one: Checked, same: str) -> str:
    """One name among several, two lines at most."""
    notes = "；".join(known()["notes"][code]["short"].format(chars=chars) for code, chars in one.notes.items())
    facts = "，".join(filter(None, [_sound(one, short=True), _band(one), f"同名{same}" if same else ""]))
    return f"{one.name}：{_verdict(one)}。{facts}" + (f"\n   {notes}" if notes else "")


def _verdict(one: Checked) -> str:
    return str(known()["verdicts"][one.weight])


def _band(one: Checked) -> str:
    """How common; nothing of a name that cannot be judged so."""
    return str(known()["bands"][one.band]) if one.surname and one.weight != "stop" else ""


def _surname(one: Checked, parents: frozenset[str]) -> str:
    if one.ethnic:
        return "姓氏：少数民族的姓名可以遵从本民族习惯（《民法典》第一千零一十五条）"
    if not one.surname or "other_surname" in one.notes:
        return ""
    if parents:
        return f"姓氏：{one.surname}，随父姓或母姓（《民法典》第一千零一十五条）"
    return f"姓氏：爸爸或妈妈姓{one.surname}就行；都不姓{one.surname}的，要有《民法典》第一千零一十五条的理由"


def _sound(one: Checked, short: bool = False) -> str:
    """Reading and strokes, if every character is known."""
    if len(one.characters) < len(one.name.replace("·", "")):
        return ""
    if one.ethnic:
        return one.reading if short else f"读音：{one.reading}"
    strokes = "+".join(str(char.strokes) for char in one.characters)
    return f"{one.reading}，{one.strokes} 画" if short else f"读音：{one.reading}；笔画：{strokes}，共 {one.strokes} 画"


def _character(char: str, fact: Hanzi | None) -> str:
    form = standard_form(char)
    if fact is None:
        code, chars = ("standard_form", f"“{char}”的规范字是“{form}”") if form else ("outside", f"“{char}”")
        return str(known()["notes"][code]["text"]).format(chars=chars)
    code = "" if fact.level < 3 and fact.in_old_fonts else "rare" if fact.in_old_fonts else "old_fonts"
    line = f"“{char}”在《通用规范汉字表》里，可以用来取名。读 {'或 '.join(known()['polyphones'].get(char, [fact.reading]))}，{fact.strokes} 画。"
    return line + ("\n" + str(known()["notes"][code]["text"]).format(chars=f"“{char}”") if code else "")
