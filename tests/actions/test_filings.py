from tests.actions.talk import Talk
CARD = "11010519491231002X"
async def test_play(talk: Talk) -> None:
    print(await talk.say("我要办居住登记", "file_residence"))
    for words in (f"李小明 {CARD} 13812345678", "五四路12号3栋201室","打工", "鼓楼区", "租的", "不知道", "昨天","没有", "没有", "第5项改成单位宿舍", "确认"):
        print(">", words)
        print(await talk.say(words, "nlu_fallback"))
async def test_play2(talk: Talk) -> None:
    print(await talk.say("租房登记，我叫李小明，住在鼓楼区五四路12号3栋201室，上个月15号搬来打工的", "file_residence"))
    print(talk.slot("filing_answers"))
