"""What each kind of job does. A deed returns its result for the page; what goes wrong is a `JobFailed` with a sentence."""

from __future__ import annotations

import json
import tempfile
import time
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from sqlalchemy.ext.asyncio import AsyncEngine

from bot.trainer.checkout import check_out, check_out_known
from bot.trainer.child import Say, must_be_clean, run_child
from bot.trainer.standby import Standby
from bot.trainer.switch import Switch
from store import models
from store.jobs import Job, Jobs
from weijing.errors import JobFailed
from weijing.model_file import candidates, data_commit, find_model, model_id, newest_model, note_of
from weijing.settings import Settings

COMPONENTS = 11
"""Lines that a training prints, for the bar."""


class Deeds:
    """The jobs' work.

    Args:
        switch: carries releases out.
        standby: trains.
    """

    def __init__(self, settings: Settings, engine: AsyncEngine, jobs: Jobs, switch: Switch, standby: Standby) -> None:
        self._settings, self._engine, self._jobs, self._switch, self._standby = settings, engine, jobs, switch, standby

    async def do(self, job: Job) -> tuple[str, dict[str, Any]]:
        """Do a job: (the sentence of the page, the result).

        Raises:
            JobFailed: it did not come to its end.
            Cancelled: somebody has cancelled it.
        """
        deeds = {"train": self._train, "evaluate": self._evaluate, "release": self._switch.release, "rollback": self._switch.roll_back}
        deeds |= {"replay": self._replay, "crossval": self._cross_validate}
        return await deeds[job.kind](job)

    async def _train(self, job: Job) -> tuple[str, dict[str, Any]]:
        with tempfile.TemporaryDirectory(prefix="weijing-train-") as folder:
            await self._jobs.seen(job.id, progress=2, step="取出语料")
            project, commit = check_out(self._settings, job.commit, Path(folder) / "data")
            out, lines, started = candidates(self._settings.bot_model), 0, time.monotonic()
            out.mkdir(parents=True, exist_ok=True)

            async def say(line: str) -> bool:
                nonlocal lines
                lines += bool(line)
                step, log = ("训练中" if line else ""), f"{line}\n" if line else ""
                return await self._jobs.seen(job.id, progress=min(55, 5 + 50 * lines // COMPONENTS) if line else 0, step=step, log=log)

            ended = await self._standby.train(say, "--project", str(project), "--out", str(out), "--commit", commit)
            must_be_clean(ended, "训练没有成功")
            model = await self._keep(Path(ended.last), commit, job.by)
            found = await self._judge(job, model, project)
        took = {"seconds": round(time.monotonic() - started, 1), "training_seconds": json.loads(note_of(Path(ended.last)).read_text())["seconds"]}
        return found[0], {**found[1], **took, "commit": commit}

    async def _keep(self, file: Path, commit: str, by: str | None) -> str:
        model = model_id(file)
        async with self._engine.begin() as connection:
            await models.keep(connection, model, file.name, commit, _trained_at(file), by)
        return model

    async def _evaluate(self, job: Job) -> tuple[str, dict[str, Any]]:
        async with self._engine.connect() as connection:
            model = await models.find(connection, job.model)
        if model is None:
            raise JobFailed("没有这个模型")
        with tempfile.TemporaryDirectory(prefix="weijing-evaluate-") as folder:
            project, _ = check_out(self._settings, job.commit or model.commit, Path(folder) / "data")
            return await self._judge(job, model.id, project)

    async def _judge(self, job: Job, model: str, project: Path) -> tuple[str, dict[str, Any]]:
        """Evaluate a model and note the verdict."""
        await self._jobs.seen(job.id, progress=60, step="评测中")
        report = await self._report(job, model, project)
        async with self._engine.begin() as connection:
            passed = await models.judge(connection, model, report)
        reasons = [demand["reason"] for demand in report["gate"]["demands"] if not demand["holds"]]
        words = "训练好了，可以发布" if passed else f"关口没有放行：{'；'.join(reasons)}"
        return words, {"model": model, "passed": passed, "reasons": reasons}

    async def _report(self, job: Job, model: str, project: Path) -> dict[str, Any]:
        async with self._engine.connect() as connection:
            found = await models.find(connection, model)
        assert found is not None
        file, served = find_model(self._settings.bot_model, found.file), await self._switch.served()
        previous = [] if served == file else ["--previous", str(served), "--known", str(self._known(served, project))]

        async def say(line: str) -> bool:
            at_stories = line == "conversations"
            return await self._jobs.seen(job.id, progress=80 if at_stories else 0, step="对话测试" if at_stories else "", log=f"{line}\n" if line else "")

        ended = await run_child(say, "evaluate", "--project", str(project), "--model", str(file), "--json", *previous)
        try:
            return dict(json.loads(ended.last))
        except ValueError:
            raise JobFailed(f"评测没有成功（退出码 {ended.code}），原因见日志") from None

    async def _cross_validate(self, job: Job) -> tuple[str, dict[str, Any]]:
        """Each training example by a model that has not seen it."""
        with tempfile.TemporaryDirectory(prefix="weijing-crossval-") as folder:
            project, commit = check_out(self._settings, job.commit, Path(folder) / "data")
            await self._jobs.seen(job.id, progress=20, step="交叉检验中")
            ended = await run_child(self._log(job), "crossval", "--project", str(project))
            must_be_clean(ended, "交叉检验没有成功")
        found = json.loads(ended.last)
        return f"{found['examples']} 条例句，{found['wrong']} 条与其余例句说的不一致", {**found, "commit": commit}

    def _log(self, job: Job) -> Say:
        return lambda line: self._jobs.seen(job.id, log=f"{line}\n" if line else "")

    def _known(self, served: Path, project: Path) -> Path:
        return check_out_known(self._settings, data_commit(served), project.with_name("known"))

    async def _replay(self, job: Job) -> tuple[str, dict[str, Any]]:
        """Conversations that were handed over, as tests, through a model: which of their messages it understands now."""
        async with self._engine.connect() as connection:
            found = await models.find(connection, job.model)
        file = find_model(self._settings.bot_model, found.file) if found else newest_model(self._settings.bot_model)
        cases = job.args.get("cases", [])
        with tempfile.TemporaryDirectory(prefix="weijing-replay-") as folder:
            asked = Path(folder) / "asked.jsonl"
            asked.write_text("".join(json.dumps({"text": case["text"]}, ensure_ascii=False) + "\n" for case in cases), encoding="utf-8")
            answered = Path(folder) / "answered.jsonl"
            ended = await run_child(self._log(job), "parse", "--jsonl", "--model", str(file), "--input", str(asked), "--output", str(answered))
            must_be_clean(ended, "重放没有成功")
            parsed = [json.loads(line) for line in answered.read_text(encoding="utf-8").splitlines()]
        rows = [{"key": case["key"], **_compared(case, one)} for case, one in zip(cases, parsed, strict=True)]
        right = sum(row["passed"] for row in rows)
        return f"重放 {len(rows)} 句，{right} 句听对了", {"rows": rows, "passed": right == len(rows)}


def _trained_at(file: Path) -> datetime:
    return datetime.fromtimestamp(file.stat().st_mtime, timezone.utc)


def _compared(case: dict[str, Any], parsed: dict[str, Any]) -> dict[str, Any]:
    """What a model makes of a message now, and whether that is what it should."""
    item = (parsed["service_item"] or {}).get("id")
    right = parsed["intent"]["name"] == case["intent"] and (not case.get("item") or item == case["item"]) and parsed["decision"] not in ("fallback", "clarify")
    return {"now": parsed["intent"]["name"], "now_item": item, "confidence": parsed["intent"]["confidence"], "decision": parsed["decision"], "passed": right}
