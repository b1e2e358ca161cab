"""The service-item page: everything of the live item, nothing of one that is switched off."""

from __future__ import annotations

import json
import re
from html import unescape
from urllib.parse import quote

import asyncpg

from tests.channels.h5.conftest import House
from weijing.service_items import load_service_items

ITEMS = {item.id: item for item in load_service_items()}


async def test_it_shows_everything_without_a_login(house: House) -> None:
    page = await house.phone().get("/h5/items/id_card_replacement")
    item = ITEMS["id_card_replacement"]
    assert page.status == 200 and page.url.endswith("/h5/items/id_card_replacement")
    words = [item.name, item.summary, item.audience, item.where, *item.conditions, *item.procedure, *(one.name for one in item.materials)]
    words += [f"《{one.law}》{one.article}" for one in item.legal_basis if one.article and not one.year] + [ITEMS[one].name for one in item.related]
    assert not [word for word in words if word not in page.text]
    assert page.text.index("要带的材料") < page.text.index("办理流程") and 'type="checkbox"' in page.text


async def test_every_item_has_a_page_and_unconfirmed_fields_say_so(house: House) -> None:
    phone = house.phone()
    for item in ITEMS.values():
        page = await phone.get(f"/h5/items/{item.id}")
        assert page.status == 200 and item.name in page.text
        assert ("没有全国统一的明确规定" in page.text) == bool(set(item.unconfirmed) - {"validity"}), item.id


async def test_the_tick_list_follows_the_choice_without_a_script(house: House) -> None:
    phone = house.phone()
    page = await phone.get("/h5/items/birth_registration_unmarried")
    assert "您的情况" in page.text and "有资质机构出具的亲子鉴定证明" in page.text and "aria-current" not in page.text
    tabs = {name: unescape(address) for address, name in re.findall(r'class="choice" href="([^"]+)"[^>]*>([^<]+)<', page.text)}
    assert list(tabs) == ["随母亲落户", "随父亲落户"]
    mother = await phone.get(tabs["随母亲落户"])
    assert "有资质机构出具的亲子鉴定证明" not in mother.text and "母亲常住户口所在地派出所" in mother.text
    assert re.search(r'aria-current="true">随母亲落户<', mother.text)
    assert "aria-current" not in (await phone.get(unescape(re.findall(r'href="([^"]+)" aria-current', mother.text)[0]))).text, "a second tap takes it back"


async def test_a_choice_that_another_item_answers_leads_there(house: House) -> None:
    page = await house.phone().get("/h5/items/birth_registration?choice=" + quote("有出生医学证明"))
    assert 'href="/h5/items/birth_registration_unmarried">父母未婚<' in page.text


async def test_a_place_shows_its_own_rule_and_strange_words_show_nothing(house: House) -> None:
    phone = house.phone()
    page = await phone.get("/h5/items/residence_registration?place=" + quote("杭州") + "&choice=" + quote("<b>别的"))
    assert "下面按浙江、杭州的规定" in page.text and "3个工作日" in page.text and "别的" not in page.text
    assert "下面按" not in (await phone.get("/h5/items/residence_registration?place=" + quote("火星"))).text


async def test_switched_off_and_expired(house: House) -> None:
    database = await asyncpg.connect(house.settings.database_url)
    try:
        await database.execute("UPDATE backend.service_items SET active = false WHERE id = 'id_card_minor'")
        await database.execute("UPDATE backend.service_items SET record = jsonb_set(record, '{review_by}', '\"2020-01-01\"') WHERE id = 'id_card_first'")
        gone = await house.phone().get("/h5/items/id_card_minor")
        assert gone.status == 404 and "现在看不了" in gone.text and "户口簿" not in gone.text
        old = await house.phone().get("/h5/items/id_card_first")
        assert "过了复核期" in old.text and 'role="alert"' in old.text
    finally:
        await database.execute("UPDATE backend.service_items SET active = true WHERE id = 'id_card_minor'")
        record = ITEMS["id_card_first"].as_dict()
        await database.execute("UPDATE backend.service_items SET record = $1::jsonb WHERE id = 'id_card_first'", json.dumps(record))
        await database.close()


async def test_unknown_pages_and_a_backend_that_is_away_are_calm(start_house) -> None:  # type: ignore[no-untyped-def]
    house = await start_house(backend_url="http://127.0.0.1:9")
    phone = house.phone()
    for path, status in [("/h5/items/id_card_first", 503), ("/h5/items/../../etc", 404), ("/h5/items/NO", 404), ("/h5/nothing", 404), ("/h5/static/x", 404)]:
        page = await phone.get(path)
        assert page.status == status, path
        assert status == 404 or "系统这会儿忙不过来" in page.text
        assert "Traceback" not in page.text and "127.0.0.1:9" not in page.text


async def test_headers_and_weight(house: House) -> None:
    phone = house.phone()
    page = await phone.get("/h5/items/id_card_replacement")
    policy = page.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "frame-ancestors 'none'" in policy and "unsafe" not in policy
    assert page.headers["X-Content-Type-Options"] == "nosniff" and page.headers["Referrer-Policy"] == "no-referrer"
    assert " style=" not in page.text and "<style" not in page.text and "onclick" not in page.text
    files = set(re.findall(r'"(/h5/static/[^"]+)"', page.text))
    loaded = [await phone.get(file) for file in files]
    assert all("immutable" in file.headers["Cache-Control"] for file in loaded)
    assert len(page.text.encode()) + sum(len(file.text.encode()) for file in loaded) < 60_000
