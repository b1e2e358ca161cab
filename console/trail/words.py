"""What each act of the audit trail is called on a page. Every act of the route table stands here; a test holds both together."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from console.staff import ROLES

ACTS: dict[str, str] = {
    "session.form": "打开登录页", "session.begin": "登录", "session.begun": "登录成功", "session.refused": "登录没成功", "session.end": "退出登录",
    "session.revoke": "退出自己的另一处登录", "session.revoke_others": "退出自己的其他登录", "session.revoked": "登录已退出", "home.read": "打开首页",
    "live.read": "接收实时消息", "account.read": "看自己的账号", "password.form": "打开改密码页", "password.change": "提交新密码",
    "password.changed": "密码已改", "password.give": "要求重置密码", "password.reset": "密码已重置", "totp.form": "打开动态码设置",
    "totp.enrol": "提交动态码设置", "totp.enrolled": "动态码已设置", "totp.give": "要求重置动态码", "totp.reset": "动态码已重置",
    "codes.form": "打开备用码页", "codes.make": "要求换备用码", "codes.made": "备用码已换", "staff.list": "看人员列表", "staff.form": "打开添加人员页",
    "staff.add": "提交新人员", "staff.added": "人员已添加", "staff.read": "看人员账号", "staff.change": "提交人员修改", "staff.changed": "人员已修改",
    "staff.retire": "要求停用账号", "staff.retired": "账号已停用", "staff.bring_back": "要求恢复账号", "staff.returned": "账号已恢复",
    "admin.read": "打开管理页", "unit.list": "看单位列表", "unit.form": "打开添加单位页", "unit.add": "提交新单位", "unit.added": "单位已添加",
    "unit.read": "看单位", "unit.change": "提交单位修改", "unit.changed": "单位已修改", "canned.list": "看常用语", "canned.form": "打开添加常用语页",
    "canned.add": "提交新常用语", "canned.added": "常用语已添加", "canned.read": "看一条常用语", "canned.change": "提交常用语修改",
    "canned.changed": "常用语已修改", "canned.switch": "要求启停常用语", "canned.switched": "常用语已启停", "audit.list": "查审计记录",
    "audit.day": "看一个人的一天", "audit.object": "看谁碰过一个对象", "audit.verify": "校验审计记录", "audit.verified": "审计记录已校验",
    "audit.export": "要求导出审计记录", "audit.exported": "审计记录已导出",
    "queue.read": "看会话列表", "counts.read": "看待办数", "view.save": "存视图", "view.drop": "删视图", "held.read": "看待审答复",
    "held.approve": "同意发送待审答复", "held.edit": "改后发送待审答复", "held.refuse": "不发待审答复", "item.find": "找事项", "canned.find": "找常用语",
    "conversation.read": "看会话", "matters.read": "看在办事项", "evidence.read": "打开证据", "conversation.ask": "打开会话操作",
    "conversation.claim": "认领会话", "conversation.transfer": "转会话", "conversation.transferred": "会话已转", "conversation.return": "交回机器人",
    "conversation.close": "办结会话", "note.write": "写备注", "conversation.reply": "回复", "conversation.retry": "重发回复",
    "conversation.typing": "正在输入", "conversation.attend": "照看会话",
    "board.read": "看看板", "board.refresh": "看板更新", "history.read": "看历史数据", "history.export": "要求导出历史数据",
    "figure.exported": "历史数据已导出", "overdue.read": "看超期督办", "overdue.export": "要求导出超期办件", "overdue.exported": "超期办件已导出",
    "content.read": "打开内容页", "notices.read": "看公告", "notice.form": "打开发布公告页", "notice.preview": "预览公告", "notice.publish": "提交公告",
    "notice.published": "公告已发布", "notice.withdraw": "要求撤回公告", "notice.withdrawn": "公告已撤回", "surveys.read": "看问卷列表",
    "survey.form": "打开做问卷页", "survey.make": "提交问卷", "survey.made": "问卷已保存", "survey.read": "看问卷结果", "survey.change": "提交问卷起止",
    "survey.days_changed": "问卷起止已改", "letters.read": "看来信列表", "letter.read": "看一封来信", "letter.reply": "提交来信答复",
    "letter.answered": "来信已答复", "follow_ups.read": "看差评回访列表", "follow_up.read": "看一件差评回访", "follow_up.reply": "提交差评答复",
    "follow_up.answered": "差评已答复", "items.read": "看事项开关", "item.switch": "要求启停事项", "item.switched": "事项已启停",
    "hours.read": "看接待时间", "hours.change": "提交接待时间", "hours.set": "接待时间已改",
    "case.listed": "看办件列表", "case.exported": "要求导出办件", "case.list_exported": "办件已导出", "case.read": "打开办件", "case.printed": "要求打印办件",
    "case.paper_made": "办件已打印", "case.compare": "对比两件", "case.compared": "与另一件对比过", "case.open_facts": "要求看完整信息",
    "case.facts_opened": "看了完整信息", "case.move": "提交办件流转", "case.moved": "办件已流转", "case.assign": "提交分派",
    "case.assign_several": "提交批量分派",
    "case.assigned": "办件已分派", "case.ask": "提交补充要求", "case.asked": "已要求群众补充", "case.merge": "提交并案", "case.merged": "办件已并案",
    "case.supervise": "提交督办", "case.supervised": "督办级别已改", "case.note": "提交办件备注", "case.noted": "办件备注已记",
    "case.readers_read": "看谁看过办件",
    "seal.listed": "看密封开启列表", "seal.ask": "提交开启申请", "seal.asked": "已申请开启密封身份",
    "seal.approve": "提交开启批准", "seal.approved": "已批准开启密封身份", "seal.show": "请求看举报人", "seal.read": "看了举报人",
    "models.read": "看模型列表", "model.read": "看模型报告", "model.sentences": "看模型的句子", "model.train": "要求训练模型", "model.evaluate": "要求评测模型",
    "model.release": "要求发布模型", "model.rollback": "要求退回模型", "model.override": "破例放行模型", "model.returned": "灰度模型已自动退回",
    "model.commanded": "在服务器上换模型", "data.crossval": "要求交叉检验",
    "model.try": "打开试用", "model.talk": "试用模型", "job.read": "看任务", "job.cancel": "取消任务", "replay.list": "看重放列表", "replay.read": "看重放",
    "replay.run": "要求重放对话",
    "review.read": "看待标消息", "review.read_one": "看一条待标消息", "review.label": "提交标注", "review.decide": "处理待标消息",
    "review.explain": "看为什么这样答",
    "labels.read": "看待批标注", "label.decide": "批准或退回标注", "options.read": "找意图或事项", "data.read": "看语料", "data.read_intent": "看一个意图",
    "data.add": "加例句", "data.change": "改例句", "data.change_several": "批量改例句", "data.rename": "意图改名或合并", "data.import": "导入语料",
    "data.export": "导出语料", "findings.read": "看语料检查", "findings.mend": "一键修正语料", "history.read_one": "看一次改动",
    "history.revert": "撤回一次改动",
    "item.read": "看事项", "item.preview": "预览事项", "item.propose": "提交事项修改", "item.new": "新增事项的空表",
    "item.propose_new": "提交新事项", "item.propose_removal": "提交删去事项", "item.decide": "批准或退回事项修改",
}  # fmt: skip
"""Act -> words. What ends in -ed happened; the others were asked for, and whether they happened shows in the next row."""
FIELDS = {
    "name": "姓名或名称", "unit_id": "单位", "roles": "岗位", "capacity": "同时接待", "address": "地址", "others": "全部其他", "parent": "上级",
    "kind": "类别", "areas": "辖区", "title": "标题", "text": "内容", "shortcut": "快捷键", "topic": "主题", "active": "启用", "rows": "行数",
    "whole": "完好行数", "broken": "断在", "who": "谁", "act": "操作", "object": "对象", "since": "从", "until": "到", "reason": "理由",
    "before": "原来", "after": "现在",
    "state": "状态", "unit": "单位", "assignee": "承办人", "supervision": "督办级别", "merged_into": "并入", "opening": "开启申请", "beside": "旁边的办件",
    "version": "版本", "query": "条件",
}  # fmt: skip
"""Field of a detail -> word; others are shown as they are."""
VALUES = {str(role): word for role, word in ROLES.items()} | {"own": "本机"}
"""Values that are words of ours."""


def act_words(act: str) -> str:
    """An act in words; one that has none yet, as it is."""
    return ACTS.get(act, act)


def detail_words(detail: Mapping[str, Any]) -> str:
    """The facts of a row in one line: `单位：desk → hukou；岗位：坐席`. What `audit.changes` made is before and after."""
    return "；".join(f"{FIELDS.get(name, name)}：{_value(value)}" for name, value in detail.items() if name != "refused")


def _value(value: Any) -> str:
    if isinstance(value, dict) and value.keys() == {"from", "to"}:
        return f"{_value(value['from'])} → {_value(value['to'])}"
    if isinstance(value, list):
        return "、".join(_value(one) for one in value) or "没有"
    if isinstance(value, (bool, type(None))):
        return {True: "是", False: "否", None: "没有"}[value]
    return VALUES.get(str(value), str(value)) or "空"
