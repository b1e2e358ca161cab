"""Matters beside ours that borrow our words: accounts of games and shops, names for pets and firms, appointments with hairdressers, dreams, loans.

The n-grams see 「实名」「起名」「预约」 and think of us; the thing that is spoken of tells better. A crime in it is ours all the same.
"""

from __future__ import annotations

import re

_KINDS = (
    # accounts of others
    r"(?:qq|支付宝|淘宝|京东|拼多多|抖音|快手|微博|小红书|b站|steam|原神|王者|吃鸡|和平精英|英雄联盟|游戏|爱奇艺|邮箱|花呗|路由器|wifi)[^,，。]{0,8}"
    r"(?:密码|登[录陆不]|绑定|换绑|解绑|被?封|解封|被盗|找回|申诉|实名|防沉迷|注销|充值|验证码)",
    r"微信[^,，。]{0,6}(?:登不上|登录不|密码|被封|封号|解封|支付限额|零钱|绑定的?银行卡|朋友圈怎么|拉黑)",
    # names of what is no person
    r"(?:[猫狗兔]|金毛|泰迪|鹦鹉|宠物|仓鼠|乌龟|[店网]|公司|品牌|网吧|民宿|饭馆|团队|队伍|班级|战队|角色|小说)(?:咪|子|狗|犬)?[^,，。]{0,4}[起取](?:个|一个|什么|啥|的)?(?:好听的?)?名",
    r"[起取](?:个|一个|什么|啥)?(?:好听的?)?(?:网名|昵称|店名|艺名|笔名|微信名|英文名|公司名|游戏名)",
    # appointments with others
    r"(?:预约|约个?|订个?|挂)[^,，。]{0,3}(?:理发|美甲|体检|景区|景点|医生|专家号?|门诊|酒店|餐厅|试驾|保洁|洗牙|看房|门票|博物馆|健身)",
    # dreams and fortune
    r"梦[见到]|解梦|周公|做了?个?(?:噩)?梦|算命|星座|车牌号?[^,，。]{0,3}吉凶|运势|风水|看相|手相|黄历|生肖",
    # money of others
    r"(?:身份证|驾照|驾驶证|行驶证|户口本)[^,，。]{0,4}(?:贷款|借钱|借多少|借款|办信用卡)|信用卡(?:额度|逾期|还款|账单)|房贷|股票|基金(?!会)|彩票|双色球|征信(?:报告|查询|怎么查|记录)",
    # wires, weather, travel, school of driving
    r"宽带|话费|流量套餐|天气|下雨|带伞|降温|台风|外卖(?!车|骑手|员|小哥|柜)|演唱会(?!改|审|举办|许可|备案|安保|申)|电影票|[四六]级成绩|考研|驾校(?:哪|多少|好|报名|推荐)|(?:美国|英国|日本|韩国|法国|德国|澳洲|加拿大|泰国|申根|欧洲)[^,，。]{0,4}签证",
)
_NEAR = re.compile("|".join(_KINDS), re.IGNORECASE)
_OURS = re.compile(
    "骗|诈|立案|违法|犯法|犯罪|合法|处罚|犯什么|冒用|冒名|盗用|盗刷|被人|报案|报警|举报|投诉|检举|派出所|公安|警察|民警|交警|打人|威胁|敲诈|偷|抢|赌|黄色|色情|泄露|恶劣天气|高速|封路|管制|签注|宝宝|孩子|儿子|女儿|改名|丢"
)


def near_miss(text: str) -> bool:
    """Whether the words speak of a matter that only sounds like ours."""
    return bool(_NEAR.search(text)) and not _OURS.search(text)
