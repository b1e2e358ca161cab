"""The hostile set: words and names that some program behind us might take for its own language. Words are data and arrive as they are;
a name that is merely odd is data too, one that cannot be a user's is refused."""

from __future__ import annotations

from tests.channels.wechat.hostile import CANARY, MARK, Hostile, cases, push

_WORDS = {
    "leaving the CDATA of a reply": f"{MARK}]]></Content><MsgType><![CDATA[news]]></MsgType><Content><![CDATA[x",
    "Rasa's syntax of intents": f'/restart{{"m":"{MARK}"}}',
    "Rasa's syntax of slots": f'/inform{{"slot":"{MARK}"}}',
    "a script": f"<script>alert('{MARK}')</script>",
    "an image with a handler": f'<img src=x onerror="{MARK}">',
    "fields of a format": f"{{0}} {{0.__class__.__init__.__globals__}} {{{MARK}}}",
    "percent signs": f"%s %n %x %(m)s {MARK}",
    "a look-up of log4j": f"${{jndi:{CANARY}/{MARK}}}",
    "a template": f"{{{{7*7}}}} {{% include '{MARK}' %}} ${{7*7}}",
    "a forged line of the log": f"a\n2026-01-01 00:00:00 error {MARK}",
    "letters that run backwards": f"\u202e{MARK}\u2066\u200f",
    "nothing to see": f"\u200b\u2060\ufeff{MARK}",
    "SQL": f"'; DROP TABLE weijing.turns; -- {MARK}",
    "the protocol of Redis": f"*1\n$8\nFLUSHALL\n{MARK}",
    "Lua": f"' .. redis.call('FLUSHALL') .. '{MARK}",
    "the shell": f"$(touch /tmp/{MARK}) `id` ; reboot",
    "a path": f"../../../etc/{MARK}",
    "YAML that makes objects": f"!!python/object/apply:os.system ['{MARK}']",
    "an Encrypt element": f"<Encrypt><![CDATA[AAAA]]></Encrypt>{MARK}",
    "WeChat's own link": f'<a href="weixin://bizmsgmenu?msgmenucontent={MARK}&msgmenuid=1">x</a>',
    "signs of every plane": f"𠮷😀👨‍👩‍👧é\u0301{MARK}",
    "the edge's own words": f"success{MARK}",
}
INJECTION = [Hostile(name, push("<![CDATA[" + text.replace("]]>", "]]]]><![CDATA[>") + "]]>").encode(), text) for name, text in _WORDS.items()]
_NO_NAMES = {
    "of two words": "o a",
    "of two lines": "o\na",
    "of 256 letters": "o" * 256,
    "of a visitor of the web chat": "web.abc",
    "in Chinese": "用户",
    "with letters that run backwards": "o\u202ea",
}
_ODD_NAMES = {
    "with a slash": "o/../a",
    "with a wildcard": "o*",
    "with a hash tag of Redis": "{0}o",
    "like a key of ours": "wj:0:inbox",
    "with a bracket": "o<b>",
    "with a quote": "o'--",
    "with a percent sign": "o%0a",
    "with a field of a format": "{0.__class__}%s",
}
INJECTION += cases({f"an openid {name}": push(FromUserName=f"<![CDATA[{openid}]]>") for name, openid in _NO_NAMES.items()})
INJECTION += cases({f"an openid {name}": push(FromUserName=f"<![CDATA[{openid}]]>") for name, openid in _ODD_NAMES.items()}, MARK)
