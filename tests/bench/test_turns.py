"""The count of messages: played through a real HTTP server, judged by the median, and a talk that does not end is a failure."""

from __future__ import annotations

from aiohttp import web
from ruamel.yaml import YAML

from bench.load import Request
from bench.process import free_ports
from bench.script import Line
from bench.turns import FILE, Played, play


class Echo:
    """Answers with what was said so far by the user, as the house would with a reply."""

    def __init__(self, port: int) -> None:
        self._url = f"http://127.0.0.1:{port}/"

    def push(self, openid: str, line: Line) -> Request:
        return Request(self._url, line.text.encode(), {}, openid, line)

    def read(self, _: Request, body: str) -> str:
        return body


async def test_messages_are_counted_to_the_reply_that_ends_the_matter() -> None:
    async def answer(request: web.Request) -> web.Response:
        return web.Response(text=f"已收到：{await request.text()}")

    app, (port,) = web.Application(), free_ports(1)
    app.router.add_post("/", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    talks = [{"said": ["一", "二", "三"], "done": "已收到：二"}, {"said": ["一"], "done": "已收到：一"}, {"said": ["一", "二"], "done": "没有这句"}]
    try:
        played = await play(Echo(port), {"topic": "tip", "most": 2, "talks": talks})  # type: ignore[arg-type]  # what `play` needs of a side
    finally:
        await runner.cleanup()
    assert played.turns == (2, 1) and played.lost == (("二", "已收到：二"),)


def test_the_median_is_judged_and_a_lost_talk_is_no_success() -> None:
    assert Played("tip", 6, (4, 8, 8, 4), ()).good and "6" in Played("tip", 6, (4, 8), ()).row()
    assert not Played("tip", 6, (7, 7, 4), ()).good and "MISSED" in Played("tip", 6, (7, 7, 4), ()).row()
    assert not Played("tip", 6, (1,), (("我", "不懂"),)).good
    assert Played("booking", 4, (), ()).good and "not measured" in Played("booking", 4, (), ()).row()


def test_the_script_has_the_topics_that_are_promised() -> None:
    topics = YAML(typ="safe").load(FILE.read_text(encoding="utf-8"))
    assert {topic["topic"]: topic["most"] for topic in topics} == {"guide": 1, "progress": 3, "tip": 6, "residence": 9, "booking": 4}
    assert all(talk["said"] and talk["done"] and all(isinstance(words, str) for words in talk["said"]) for topic in topics for talk in topic.get("talks", ()))
