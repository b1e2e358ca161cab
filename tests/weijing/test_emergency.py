"""The emergency screen on sentences of our own, and on the shared question sets when they are there."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from weijing.emergency import CARDS, screen

EMERGENCIES = {
    "violence": """我老公在打我救命
有人打我
有人正在砍人快来
他拿刀追我
他喝醉了酒一直打我
我爸正在打我妈妈
前男友说要杀我
楼下有人在打架，都流血了
我被人打了现在躲在厕所
我刚刚被抢劫了
老公掐我脖子
有 人 打 我
有。人。拿。刀。砍。我
男朋友现在在外面拿着菜刀
我正被一群人围住
有人持刀在超市里
他又在家暴我
隔壁正在打孩子，孩子哭得很惨
我丈夫喝多了在打我怎么办
怎么报警，我老公正在打我
有個人拿刀要殺我
继父打我，我躲在房间里
他一直踹我
同学在厕所打我
有人强奸我
我刚被猥亵了
儿子拿刀要砍我
商场里有人行凶，有人被砍了
快来人，我爸拿菜刀追着我妈
外面有人敲门说要弄死我
我男朋友掐着我的脖子不放
他把我手机抢了还打我
刚才有人抢了我的包跑了
我老公又动手打我了，我好怕
他要跟我同归于尽
有人在学校门口砍学生
我被网约车司机拉到荒郊了不停车
我被人下药了""",
    "self_harm": """我不想活了
我想自杀
嗯我想死
我想死了
活着真的没意思
我活不下去了
我女儿说要跳楼
有人要跳楼快来
我站在楼顶
我吞了一瓶安眠药
我写好了遗书
我朋友想割腕怎么办
我室友要自杀
我想结束自己的生命
我妈喝农药了
我女儿留了遗书不见了
我真的撑不下去了，不想活了
室友割腕了好多血
我想跳楼
不想活了，太累了""",
    "abduction": """我被绑架了
我被关在一个房间里出不去
他们不让我走
我被人锁在屋里
我被骗到传销窝点出不来了
有人要拖走我孩子
我朋友被软禁了
我现在被控制住了求救
限制我人身自由
我老婆被她前夫堵在家里不让出来
我被困在电梯里了""",
    "missing": """我孩子走丢了
我儿子不见了怎么办
我妈妈昨晚到现在没回家，她有老年痴呆
奶奶走失了
女儿从学校出来就联系不上了
我女儿被人抱走了
找不到我孩子了
我家老人走丢了
我儿子失踪了多久才能报警
弟弟失踪了
孩子在商场走散了找不到
我三岁的儿子被一个陌生女人抱走了
我家老爷子早上出门到现在没回来""",
    "fire": """我家着火了
着火了快来
楼上冒黑烟
邻居家起火了
厨房煤气泄漏了
厂里爆炸了快救人
电动车在楼道里着火了
着火了怎么办
有人在我家楼下放火
我家煤气漏了味道很大
隔壁着火了浓烟很大""",
    "followed": """有人跟踪我
有个男的一直跟着我
我被人跟踪了
前男友在尾随我
一个陌生人跟在我后面，我不敢回家
我身后有个男的一直跟着
车后面一直有辆黑色车跟着我
有人尾随我到小区了""",
    "break_in": """有人在撬我家门
家里进小偷了
有人在砸我家窗户
门口有人在撬锁
前夫在踹门
有人翻进我家阳台了
家里有陌生人
有个醉汉在楼道里砸门
家里有人闯进来了
前夫正在砸我的门""",
    "injury": """有人掉河里了
孩子掉进水里了
有人溺水了快救人
出车祸了有人流血
我被车撞了
撞到人了，他不动了
我妈晕倒了没有呼吸
有人跳河了
有人掉湖里了
路上撞车了有人受伤流血""",
    "fraud": """我正在给对方转账，好像是骗子
骗子让我共享屏幕
客服让我转账到安全账户
对方自称警官让我把钱转过去
我刚给骗子转了五万块
我刚刚被骗了
我把验证码告诉他了
我正在和客服屏幕共享
刚才转了钱对方就把我拉黑了
他们让我下载一个会议软件
骗子现在还在跟我通电话让我去银行
我妈正在给骗子汇款我拦不住
对方说我涉嫌洗钱让我把钱转到安全账户
我开了屏幕共享钱正在被转走""",
    "cry": """救命
救命啊！！！
救救我
快来救我
等你们来救我
我要报警
帮我报警
SOS
来人啊救命
救命，我被锁在出租屋了""",
}

HARMLESS = """怎么报警
打110收费吗
110是什么电话
家暴怎么取证
诈骗判几年
火灾怎么预防
被打了去年的伤怎么鉴定
热死了救命
救命这题不会
笑死我了
身份证丢了怎么补办要带什么
孩子的身份证丢了
儿子的户口本不见了
女儿的出生证明丢了怎么办
老人社保卡找不到了
我家孩子学生证丢了
老公的驾驶证丢了
爸爸的护照找不到了怎么补
孩子走丢多久可以立案
老人走丢怎么预防
失踪多久可以宣告死亡
我老公失踪三年了怎么注销户口
孩子被拐卖罪判多少年
家暴怎么申请人身安全保护令
家庭暴力报警有用吗
打人怎么处罚
打人被拘留几天
打架斗殴怎么处罚
打架会留案底吗
我去年被人打了现在怎么索赔
上个月我被打了轻微伤对方不赔钱
我被打了可以要求哪些赔偿
被打了怎么做伤情鉴定
别人打我的电话打不通
为什么别人打我的电话打不进来
他打我微信视频
有人打我手机说是公安局的是真的吗
有人打电话给我
老公给我打了电话
我老公打我卡里五千块钱
正当防卫怎么认定
有人打我我还手算正当防卫吗
故意伤害罪判几年
杀人偿命吗
三国杀怎么玩
狼人杀几个人玩
梦见有人追杀我
梦见自己被人捅了
昨晚做梦有人拿刀砍我
玩游戏被人砍死了
王者荣耀里对面打野一直打我
我在看电影里有人被绑架
看新闻说有人跳楼了
这部小说主角被杀了
救命用英语怎么说
救命的拼音怎么写
救命稻草是什么意思
救命恩人怎么感谢
这个菜好吃到救命
救命啊作业写不完了
谁来救救我的论文
累死我了
困死了
热得想死哈哈
笑得想死
我想死你了
我想死你们了
饿死了快来救我，奶茶没喝上
气死我了
吓死我了
今天加班累死人
房价跳楼价
跳楼机好玩吗
跳楼大甩卖
自杀的人户口怎么注销
亲人自杀要开什么证明
不想死
割双眼皮
电信诈骗怎么预防
被骗了怎么报案
在淘宝买东西被骗了怎么办
网络赌博被骗2万元
去年被骗的钱能追回来吗
报警了钱可以追回吗
反诈中心电话是多少
国家反诈中心app怎么下载
银行转账限额怎么提高
怎么给孩子转账
正在办理转账手续费多少
我刚转了户口需要换身份证吗
我刚转到新学校要迁户口吗
我刚给车管所交了钱没有回执
跟踪我的办件进度
怎么跟踪快递
怎样跟踪我的申请
被人跟踪怎么取证
私家侦探跟踪违法吗
我被关注了
我的号被锁了
我的账号被锁定了
银行卡被冻结
我的车被锁在小区里了
车被扣在停车场怎么取
驾驶证被扣了12分
我被困扰很久了
公司不让我离职
老板不让我辞职
我被锁在门外了怎么找开锁公司
开锁公司要备案吗
入户盗窃怎么处罚
去年家里进小偷了案子有进展吗
昨天家里进贼了怎么报案
防盗门怎么选
消防证怎么办
消防验收流程
火车票丢了
今天火锅吃得着火
嗓子着火了
汽车着火保险赔吗
电动车着火怎么预防
家里着火了保险怎么理赔
车祸怎么处理
出车祸了保险怎么报
撞人逃逸判几年
交通事故责任怎么认定
酒驾怎么处罚
无人机怎么登记
持枪证怎么办
管制刀具有哪些
买菜刀要实名吗
刀具可以邮寄吗
打黑除恶举报电话
打印居住证
打卡上班
打疫苗
打工需要办居住证吗
被打动了
我被朋友打脸了
抢票软件合法吗
抢劫罪怎么判
抢注商标
强奸罪判几年
猥亵罪立案标准
绑定手机号
我被绑定了两个账号怎么解绑
你是不是要打我啊
没有人打我
没人跟踪我
孩子改名怎么办理
孩子落户要什么材料
宝宝上户口
宝宝起名
爷爷去世了怎么注销户口
老公户口迁入
妈妈的居住证到期了
我的孩子不见学校录取通知
朋友圈有人骂我
有人在朋友圈诽谤我怎么办
邻居半夜装修太吵
邻居家狗叫
楼上漏水
小区门口有人摆摊
门锁坏了
烟花爆竹可以放吗
我想举报赌博
有人卖假烟
出租屋没登记怎么处罚
离家出走的孩子怎么办理户口
护照有效期多久
你好
谢谢
人工
附近的派出所
今天天气怎么样
我老婆要打我卡里钱怎么限额
打人了怎么赔偿
我儿子打了同学，学校要我去派出所吗
我儿子被同学打了，学校不管怎么办
被前夫骚扰可以申请保护令吗
被人跟踪了可以报警吗
邻居打孩子可以报警吗
有人偷电动车怎么报案
电动车被偷了
手机被偷了怎么办
手机丢了怎么报案
快递被人拿走了
有人敲诈我
我被网友骗了三千块
给骗子转了钱还能追回来吗
刷单被骗了怎么办
转账转错了怎么办
裸聊被敲诈怎么办
有人冒用我身份证
孩子被学校劝退
我和老公离婚孩子户口
我孩子被锁定学籍
火灾事故认定书怎么开
出车祸了对方逃逸怎么办
车被撞了找不到人
我的车被人撞了
撞了护栏怎么赔
交警打我电话让我去处理
警察打人怎么投诉
城管打人
老人跌倒要扶吗
奶奶的房产证不见了
小孩找不到户口页
流浪狗咬人
被狗咬了
楼上一直砸墙装修
邻居一直砸门装修太吵
有人翻墙偷电缆
孩子上户口没回执
老公没回复消息
联系不上办证民警
妈妈联系不上社区民警
我家水管爆炸了
气得我想打人
今天被领导骂死了想死
好想死啊作业太多
我要报警，电动车丢了
我要报警有人欠钱不还
不让我走后门
他不让我走法律程序
公司不让我走要我交接
老板打我工资卡的钱少了
我爸打我妈的官司
我女儿跳河北舞""".splitlines()


@pytest.mark.parametrize(("kind", "text"), [(kind, line) for kind, lines in EMERGENCIES.items() for line in lines.splitlines()])
def test_danger_now_gets_the_card_of_its_kind(kind: str, text: str) -> None:
    card = screen(text)
    assert card and card.kind == kind


@pytest.mark.parametrize("text", HARMLESS)
def test_questions_jokes_and_tales_get_no_card(text: str) -> None:
    assert screen(text) is None


def test_our_own_sets_are_large_enough() -> None:
    assert sum(len(lines.splitlines()) for lines in EMERGENCIES.values()) >= 60
    assert len(HARMLESS) >= 120


@pytest.mark.parametrize("kind", CARDS)
def test_each_card_names_a_number_to_call_and_fits_one_reply(kind: str) -> None:
    assert "110" in CARDS[kind] or "119" in CARDS[kind]
    assert len(CARDS[kind].encode()) <= 600


def test_screening_is_quick_on_short_and_on_hostile_text() -> None:
    texts = ["我想问一下身份证丢了怎么补办要带什么材料", "有人" * 500, "我被" * 30_000, "我老公" + "又" * 300 + "打", "|" * 60_000]
    for text in texts:
        screen(text)
        started = time.perf_counter()
        for _ in range(20):
            screen(text)
        assert (time.perf_counter() - started) / 20 < 0.02, text[:20]  # a bound against runaway matching; the mean is measured below


def test_police_questions(shared: Path) -> None:
    rows = [json.loads(line) for line in (shared / "eval/police_questions_dev.jsonl").read_text().splitlines()]
    dangers = [row for row in rows if row["label"] == "emergency"]
    calm = [row for row in rows if row["label"] != "emergency" and "emergency" not in row["alt"]]
    hits, alarms = sum(bool(screen(row["text"])) for row in dangers), sum(bool(screen(row["text"])) for row in calm)
    print(f"emergency recall {hits}/{len(dangers)}, false alarms {alarms}/{len(calm)}")
    assert hits / len(dangers) >= 0.8
    assert alarms / len(calm) <= 0.005


def test_what_people_ask_elsewhere(shared: Path) -> None:
    texts = [line.split("\t")[0] for path in sorted((shared / "eval/oos").iterdir()) for line in path.read_text().splitlines()]
    started = time.perf_counter()
    alarms = [text for text in texts if screen(text)]
    mean = (time.perf_counter() - started) / len(texts)
    print(f"false alarms {len(alarms)}/{len(texts)}, {mean * 1e6:.0f} µs a text")
    assert len(alarms) / len(texts) <= 0.005
    assert mean < 0.0002
