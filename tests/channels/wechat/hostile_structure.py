"""The hostile set: XML that is none, too much, or says things twice."""

from __future__ import annotations

from tests.channels.wechat.hostile import MARK, SENDER, cases, push

_ATTRIBUTES = " ".join(f'a{n}="{n}"' for n in range(1000))
STRUCTURE = cases(
    {
        "nothing": "",
        "white space": " \n\t ",
        "no XML": MARK,
        "JSON": f'{{"MsgType":"text","FromUserName":"{SENDER}","Content":"{MARK}"}}',
        "a bracket": "<",
        "another root": push().replace("<xml>", "<html>").replace("</xml>", "</html>"),
        "a root in capitals": push().replace("xml>", "XML>"),
        "a root with a prefix": push().replace("<xml>", '<x:xml xmlns:x="u">').replace("</xml>", "</x:xml>"),
        "two senders": push(ToUserName=f"a</ToUserName><FromUserName>{MARK}</FromUserName><ToUserName>b"),
        "two receivers": push().replace("<xml>", "<xml><ToUserName>b</ToUserName>"),
        "two types": push().replace("<xml>", "<xml><MsgType>event</MsgType>"),
        "two texts": push().replace("</xml>", f"<Content>{MARK}</Content></xml>"),
        "two ids": push().replace("</xml>", "<MsgId>7</MsgId></xml>"),
        "a sender inside something else": push(FromUserName="", Info=f"<FromUserName>{SENDER}</FromUserName>"),
        "a sender in an attribute": push(FromUserName="").replace("<xml>", f'<xml FromUserName="{SENDER}">'),
        "no sender": push(FromUserName=""),
        "an empty sender": push(FromUserName="<![CDATA[]]>"),
        "no type": push(MsgType=""),
        "no time": push(CreateTime=""),
        "10,000 levels": f"<xml>{'<a>' * 10_000}",
        "nine levels": f"<xml>{'<a>' * 9}{'</a>' * 9}</xml>",
        "100,000 fields": f"<xml>{'<a/>' * 100_000}</xml>",
        "300 fields": push().replace("</xml>", "<a/>" * 300 + "</xml>"),
        "a value of 30,000 bytes": push(MARK * 5_000),
        "a value of a megabyte": push("x" * 2**20),
        "a huge id": push(MsgId="9" * 40),
        "a negative id": push(MsgId="-1"),
        "an id with a fraction": push(MsgId="1.5"),
        "an id in words": push(MsgId=MARK),
        "a hexadecimal id": push(MsgId="0x1F"),
        "an id in wide digits": push(MsgId="１２３"),
        "an id in Arabic digits": push(MsgId="٣٤"),
        "an id of two lines": push(MsgId="1\n2"),
        "a huge time": push(CreateTime="9" * 30),
        "a negative time": push(CreateTime="-5"),
        "a time in words": push(CreateTime="soon"),
        "a time with an exponent": push(CreateTime="1e9"),
        "coordinates that are no numbers": push(MsgType="location", Location_X="NaN", Location_Y="inf"),
        "coordinates with an exponent": push(MsgType="location", Location_X="1e999", Location_Y="0"),
        "an unknown type without an id": push(MsgType=MARK, MsgId=""),
        "an event that is a path": push(MsgType="event", Event=f"../../{MARK}"),
        "an open CDATA": push(f"<![CDATA[{MARK}"),
        "a CDATA that ends twice": push(f"{MARK}]]>"),
        "a tag that is never closed": push().replace("</xml>", ""),
        "junk behind": push() + MARK,
        "two documents": push() + push(),
        "a name of 50,000 letters": f"<xml><{'n' * 50_000}/></xml>",
        "an attribute twice": push().replace("<xml>", '<xml a="1" a="2">'),
        "a declaration in the middle": " " + '<?xml version="1.0"?>' + push(),
    }
)
STRUCTURE += cases(
    {
        "a default name space": push().replace("<xml>", '<xml xmlns="urn:x">'),
        "attributes": push().replace("<MsgType>", '<MsgType type="event">'),
        "1,000 attributes": push().replace("<xml>", f"<xml {_ATTRIBUTES}>"),
        "a comment inside": push(f"{MARK[:3]}<!-- x -->{MARK[3:]}"),
        "a processing instruction inside": push(f"{MARK[:3]}<?php x ?>{MARK[3:]}"),
        "white space around": push(f"\n\t {MARK} \n", MsgType=" text "),
        "comments behind": push() + "<!-- x -->\n",
        "an Encrypt inside": push(Encrypt="AAAA"),
        "a CDATA in pieces": push(f"<![CDATA[{MARK[:2]}]]><![CDATA[{MARK[2:]}]]>"),
    },
    MARK,
)
