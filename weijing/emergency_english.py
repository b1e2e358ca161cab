"""What a danger happening now looks like in English, and the cards for it. Read by `weijing.emergency`, before Redis and any model."""

from __future__ import annotations

import re

CARD_TEXT = (
    "If you or somebody near you is in danger, call 110 (police) now.\nCannot speak? Text 12110: where you are and what is happening.\nFire 119, ambulance 120."
)

_CALL = "Call 110 (police) NOW.\nCannot speak? Text 12110: where you are and what is happening."
CARDS = {
    "violence": f"{_CALL}\nGet away from the attacker if you can. Somebody is hurt: call 120.",
    "self_harm": "Please call 110 or 120 now: people there will help you. Ask somebody you trust to come to you.\nCannot speak? Text 12110: where you are.",
    "abduction": f"{_CALL}\nStay safe, do not provoke them. Say how many they are and whether you are hurt.",
    "missing": f"{_CALL}\nHave ready: name, age, clothes, when and where last seen, a photo.",
    "fire": "Call 119 (fire) NOW and say where you are!\nGet out, stay low, cover mouth and nose, no lift. Somebody is hurt: 120. Somebody set it: 110.",
    "followed": f"{_CALL}\nGo where there are people and light. Do not go home yet.",
    "break_in": f"{_CALL}\nLock yourself in; do not confront them.",
    "injury": "Call 120 (ambulance) NOW, and 110.\nSay where you are, how many are hurt and how.\nCannot speak? Text 12110.",
    "fraud": "STOP: transfer nothing more, tell no code, end screen sharing.\nCall 110 or 96110 now: the sooner, the better the chance to stop the payment.",
    "cry": CARD_TEXT,
}
"""Kind -> what the user reads at once; the kinds of the Chinese cards."""

_WHO = (
    "(?:someone|somebody|a (?:man|guy|woman|stranger|group)|some (?:men|guys|people)|two men|they|he|she|my (?:ex|boyfriend|girlfriend|husband"
    "|wife|father|roommate|neighbou?r|boss|driver)|the driver)(?:'s|'re|'ve)?"
)
_NOW = "(?:(?:is|are|has|have|been|has been|have been) )?(?:now |still |just )?"
_ME = (
    "(?:me|us|my (?:wife|husband|son|daughter|child|baby|kid|kids|friend|mother|mom|girlfriend|boyfriend|roommate|sister|brother)|a (?:man|woman"
    "|girl|boy|child)|people|someone|him|her)"
)
_KIN = "(?:my (?:\\w+ ){0,3}(?:son|daughter|child|kid|baby|wife|husband|mother|father|grandmother|grandfather|friend|girl|boy|toddler))"

KINDS: dict[str, tuple[str, ...]] = {
    "fire": (
        r"(?:my|the|our|a) (?:\w+ )?(?:house|home|flat|apartment|room|building|kitchen|car|hotel|dorm|shop) (?:is |'s )(?:on fire|burning)",
        r"^(?:help )?(?:big |a )?fire in (?:my|our|the|this) (?:\w+ )?(?:building|house|home|flat|apartment|room|kitchen|hotel|dorm|shop)\b",
        r"\bthere(?:'s| is) (?:a )?(?:fire|smoke|gas leak)\b", r"\bsmell(?:ing)? gas\b", r"^(?:help )?fire+(?: fire| help)+$",
    ),
    "self_harm": (
        r"\b(?:i|i'm|im) (?:am )?(?:want|going|gonna|about|ready|plan|planning) to (?:kill myself|die|end my life|end it all|commit suicide|jump off)",
        r"\bi (?:just )?(?:took|swallowed) (?:\w+ ){0,3}(?:pills|poison)|\bi (?:have )?cut my wrists?",
        r"\b(?:he|she|my \w+) (?:just |has |has just )?(?:took|swallowed|taken|drank) (?:\w+ ){0,4}(?:pills|poison|pesticide)",
        rf"\b{_WHO} (?:is |'s )?(?:going to jump|about to jump|trying to (?:kill|jump)|standing on the (?:roof|ledge))",
    ),
    "injury": (
        r"\b(?:car|traffic|bus|bike|motorbike) (?:accident|crash)\b.{0,40}\b(?:bleeding|hurt|injured|trapped|unconscious|not moving)",
        r"\b(?:bleeding (?:a lot|badly|heavily)|lots? of blood|not breathing|unconscious|stopped breathing|won'?t wake up|is drowning|having a heart attack"
        r"|can(?:no|')t breathe)\b",
    ),
    "abduction": (
        r"\b(?:i|we)(?:'m| am|'ve been| have been| was| were|'re| are) (?:being )?(?:kidnapped|held (?:hostage|captive|against (?:my|our) will)"
        r"|locked (?:in|up)|trapped (?:in|by))",
        rf"\b{_WHO} {_NOW}(?:kidnapp?(?:ed|ing)|took|taking|holding) (?:my (?:son|daughter|child|baby|kid|wife|friend)|us hostage|me hostage)\b",
        r"\b(?:won't|will not|don't|doesn't|not) let(?:ting)? (?:me|us) (?:leave|go|out)(?! (?:of|on) (?:work|vacation))(?! the country)",
    ),
    "missing": (rf"\b(?:i )?(?:can(?:no|')t find|lost) {_KIN}\b(?!'s)|\b{_KIN} (?:is |'s |has |has been |went |has gone )(?:missing|gone missing|lost"
    rf"|disappeared|been taken)(?! (?:his|her|their|the|a|my)\b)",),
    "break_in": (
        rf"\b{_WHO} {_NOW}(?:trying to |tries to )?(?:break(?:ing|s)?|broke|climb(?:ing|ed)|forc(?:ing|ed) (?:his|their) way) (?:in|into|down|through)\b",
        r"\b(?:burglar|intruder|stranger|thief|robber) (?:is |'s )?(?:in|inside|at) (?:my|our|the) (?:house|home|room|flat|apartment|door)",
    ),
    "followed": (
        rf"\b{_WHO} {_NOW}(?:following|stalking|chasing) (?:me|us)\b(?! on (?:wechat|instagram|tiktok|weibo|twitter|facebook))",
        r"\b(?:i|we)(?:'m| am|'re| are) being (?:followed|chased|stalked)\b",
    ),
    "fraud": (
        r"\b(?:scammer|fraudster|fake police|on the phone)\b.{0,60}\b(?:transfer|send|wire) (?:\w+ ){0,3}(?:money|cash|yuan|rmb)",
        r"\bi(?:'ve| have)? just (?:transferred|sent|wired|paid) .{0,40}\b(?:scammer|fraud|scam|stranger)|\bi(?:'m| am) being scammed\b|\bi(?: was"
        r"|'ve been|'ve just been) just scammed|\bi just got scammed",
    ),
    "violence": (
        rf"\b{_WHO} {_NOW}(?:hitting|beating|attacking|stabbing|strangling|choking|hurting|threatening|robbing"
        rf"|raping|assaulting|shooting at|touching|killing|punching|kicking) {_ME}\b",
        r"\b(?:i|we)(?:'m| am|'re| are|'ve| have)? ?(?:just |being |been |just been |getting |was just |were just |got )+(?:robbed|mugged|attacked"
        r"|beaten|stabbed|raped|assaulted|shot|threatened with)\b",
        rf"\b{_WHO} (?:just )?(?:stabbed|shot|raped|attacked|robbed|beat up) {_ME}\b(?=.*\b(?:now|help|just|bleeding|hurry|please)\b)",
        rf"\b{_WHO} (?:has|have|is holding|'s got|got|with|pulled) (?:a |out a )?(?:knife|gun|machete|weapon|bomb|axe)\b(?! (?:shop|store|set"
        rf"|licen[cs]e|permit|collection))",
        rf"\b{_WHO} (?:wants to|is going to|'s going to|will|is trying to|'s trying to|threatens to|threatened to) (?:kill|rape|stab|shoot|beat) {_ME}\b",
        r"\b(?:there(?:'s| is)|people are) (?:a )?(?:fighting with (?:knives|a knife)|shooting|bomb|robbery|stabbing|man with a (?:knife|gun))\b",
        r"^(?:help )?(?:robbery|murder|rape)(?: help| now| in progress| robbery)*$|\brobbery (?:is )?(?:happening|in progress)\b",
    ),
    "cry": (
        r"^help (?:me|us)$|^(?:please |pls |somebody |someone |anyone |police )+help(?: me| us)?(?: now| please| quickly| quick| fast)*$|^help(?: me"
        r"| us)?(?: help(?: me| us)?)+(?: please| now)*$",
        r"^(?:help )?(?:save (?:me|us)|s ?o ?s|call the police)(?: please| now| help)*$|^help (?:me|us) (?:now|quick|quickly|fast|hurry)$",
        r"\bi(?:'m| am) in (?:real |great |serious )?danger\b(?! of (?:losing|missing|being late))|\b(?:call|send) (?:the )?police (?:now|quickly"
        r"|immediately|right now)\b",
    ),
}
"""Kind -> what tells of it; the first kind that matches wins. The text has no marks and single spaces."""

ALARM = re.compile("|".join(f"(?P<{kind}_{number}>{text})" for kind, texts in KINDS.items() for number, text in enumerate(texts)))
HARMLESS = re.compile(
    r"\b(?:movie|film|game|novel|song|story|book|series|episode|dream(?:t|ed)?|joke|joking|just kidding|lol|haha|translate|translation|how do you say"
    r"|what does .* mean|drill|"
    r"last (?:year|month|week|night)|yesterday|\w+ (?:days?|weeks?|months?|years?) ago|in (?:19|20)\d\d|when i was|used to|certificate|insurance"
    r"|penalty|punishment|sentence|"
    r"is it (?:legal|illegal)|what happens if|what should i do if|what if|if (?:someone|somebody|i)|no one is|nobody is|isn't|was not|wasn't"
    r"|not being|homework|exam|boredom|laughing)\b"
)
"""A tale, something over, a question in general: no alarm unless it is happening now."""
NOW = re.compile(r"\bright now\b|\bhappening now\b|\bhelp me\b|\bhurry\b|\bstill (?:here|outside|in my)\b")
"""Overrules `HARMLESS`."""
_SPACE = re.compile(r"[^a-z0-9']+")


def alarm(text: str) -> str:
    """The kind of danger that an English message tells of, empty if none. `text` is lower case."""
    plain = _SPACE.sub(" ", text.replace("’", "'")).strip()
    found = ALARM.search(plain)
    if not found or not found.lastgroup or (HARMLESS.search(plain) and not NOW.search(plain)):
        return ""
    return found.lastgroup.rpartition("_")[0]
