"""Surveys 问卷: make one, see how it is answered, change its days, stop it."""

from __future__ import annotations

import secrets
from datetime import date, datetime, timedelta
from typing import Any

from aiohttp import web

from console import audit
from console.api import Json
from console.board.figure import Figure
from console.calls import Calls
from console.content.form import Form, read_form
from console.context import console_of
from console.staff import staff_of
from weijing.refusals import DeskRefused
from weijing.workdays import SHANGHAI

QUESTIONS = 12
KINDS = {"one": "单选", "several": "多选", "mark": "打分（1 到 5）", "words": "自由填写"}
TITLE, INTRO, UNIT, QUESTION, OPTION = 20, 200, 40, 200, 20
MEMBERS = ("title", "intro", "unit", "questions", "opens_on", "closes_on")


async def show_surveys(request: web.Request) -> web.StreamResponse:
    """All of them."""
    console, today = console_of(request), _today()
    surveys = (await Calls(console.http).get("/v1/surveys"))["surveys"]
    shown = [{**one, "state": _state(one, today)} for one in surveys]
    return console.pages.show(request, "content/surveys.html", surveys=shown, done="done" in request.query)


async def show_new_survey(request: web.Request) -> web.StreamResponse:
    """The form."""
    today = _today()
    return _form(request, Form({"opens_on": today.isoformat(), "closes_on": (today + timedelta(days=30)).isoformat(), "kind_1": "one"}))


async def make_survey(request: web.Request) -> web.StreamResponse:
    """Define it; it opens by its day."""
    console, form = console_of(request), await read_form(request)
    survey = {**_days(form), "title": form.text("title", TITLE), "intro": form.text("intro", INTRO, needed=False), "unit": form.text("unit", UNIT)}
    survey["questions"] = [question for number in range(1, QUESTIONS + 1) if (question := _question(form, number))]
    if not survey["questions"]:
        form.faults.setdefault("text_1", "至少一道题")
    if form.faults:
        return _form(request, form, 422)
    name = f"s{_today():%Y%m%d}_{secrets.token_hex(3)}"
    await Calls(console.http).put(f"/v1/surveys/{name}", survey)
    async with console.engine.begin() as connection:
        await audit.append(connection, staff_of(request).id, "survey.made", name, title=survey["title"], questions=len(survey["questions"]))
    raise web.HTTPSeeOther("/admin/content/surveys?done=made")


async def show_survey(request: web.Request) -> web.StreamResponse:
    """How it is answered, and its days."""
    return await _show(request, await _find(request))


async def change_days(request: web.Request) -> web.StreamResponse:
    """Open it again, or close it earlier or later; 「现在停止」 is yesterday."""
    console, form, survey = console_of(request), await read_form(request), await _find(request)
    if "stop" in form.sent:
        closes = _today() - timedelta(days=1)
        days = {"opens_on": min(survey["opens_on"], closes.isoformat()), "closes_on": closes.isoformat()}
    else:
        days = _days(form)
    if form.faults:
        return await _show(request, survey, form)
    await Calls(console.http).put(f"/v1/surveys/{survey['id']}", {**{name: survey[name] for name in MEMBERS}, **days})
    before = {name: survey[name] for name in days}
    async with console.engine.begin() as connection:
        await audit.append(connection, staff_of(request).id, "survey.days_changed", survey["id"], before=before, after=days)
    raise web.HTTPSeeOther(f"/admin/content/surveys/{survey['id']}")


async def _find(request: web.Request) -> Json:
    surveys: list[Json] = (await Calls(console_of(request).http).get("/v1/surveys"))["surveys"]
    found = next((one for one in surveys if one["id"] == request.match_info["survey"]), None)
    if found is None:
        raise DeskRefused("没有这份问卷", "请回到列表再看。", 404)
    return found


async def _show(request: web.Request, survey: Json, form: Form | None = None) -> web.StreamResponse:
    console = console_of(request)
    results = await Calls(console.http).get(f"/v1/surveys/{survey['id']}/results")
    figures = [(_figure(question), question) for question in results["questions"]]
    more: dict[str, Any] = {"results": results, "figures": figures, "form": form or Form({name: survey[name] for name in ("opens_on", "closes_on")})}
    return console.pages.show(request, "content/survey.html", status=422 if form else 200, survey=survey, state=_state(survey, _today()), **more)


def _figure(question: Json) -> Figure:
    counts = question["counts"]
    mean = f"平均 {question['mean']} 分，" if question["mean"] is not None else ""
    note = f"{mean}{question['answered']} 人回答。"
    rows = list(counts.items()) if question["answered"] else []
    return Figure(question["id"], question["text"], note, ("选项", "人数"), rows, "bar", empty="还没有人回答。")


def _question(form: Form, number: int) -> Json | None:
    """One question; None where nothing is written."""
    if not form.sent.get(f"text_{number}", "").strip():
        return None
    kind = form.choice(f"kind_{number}", KINDS)
    question: Json = {"id": f"q{number}", "kind": kind, "text": form.text(f"text_{number}", QUESTION)}
    if f"optional_{number}" in form.sent:
        question["optional"] = True
    if kind in ("one", "several"):
        options = [line.strip() for line in form.text(f"options_{number}", 400).split("\n") if line.strip()]
        wrong = next((one for one in options if len(one) > OPTION or one[0].isdigit() or any(mark in one for mark in "、，,")), None)
        if not 2 <= len(set(options)) == len(options) <= 8 or wrong:
            form.faults[f"options_{number}"] = f"2 到 8 个不同的选项，一行一个；每个最多 {OPTION} 个字，不以数字开头，不含逗号和顿号"
        question["options"] = options
    return question


def _days(form: Form) -> Json:
    opens, closes = form.day("opens_on"), form.day("closes_on")
    if opens > closes:
        form.faults["closes_on"] = "要在开始那天之后"
    return {"opens_on": opens.isoformat(), "closes_on": closes.isoformat()}


def _form(request: web.Request, form: Form, status: int = 200) -> web.Response:
    shown = max([number for number in range(1, QUESTIONS + 1) if form.sent.get(f"text_{number}")], default=1)
    more: dict[str, Any] = {"form": form, "kinds": KINDS, "questions": QUESTIONS, "shown": shown, "limits": {"title": TITLE, "intro": INTRO, "unit": UNIT}}
    return console_of(request).pages.show(request, "content/new_survey.html", status=status, **more)


def _state(survey: Json, today: date) -> tuple[str, str]:
    if survey["closes_on"] < today.isoformat():
        return "已结束", ""
    return ("还没开始", "info") if survey["opens_on"] > today.isoformat() else ("进行中", "good")


def _today() -> date:
    return datetime.now(SHANGHAI).date()
