"""A picture that staff sent: uploaded by the sender, opened on a phone by its address, and by nobody with another."""

from __future__ import annotations

from collections.abc import AsyncIterator

import aiohttp
import pytest
import pytest_asyncio
from cryptography.fernet import Fernet

from channels.outbox import Sender
from channels.wechat.api import PlatformApi
from channels.wechat.delivery import wechat_outlet
from channels.wechat.sent_pictures import SentPictures
from store.evidence import Evidence, EvidenceStore
from store.migrate import migrate
from store.pace import Pace
from store.redis import Redis
from tests.channels.conftest import StartEdge, settings_with
from tests.channels.outbox.conftest import BASE, PIXEL, Platform, post, scan
from weijing.engines import EmbeddedPostgres
from weijing.links import picture_link
from weijing.settings import Settings

ID = "E-0123456789abcdef"
KEY = Fernet.generate_key().decode()


@pytest.fixture
def settings(served: tuple[Platform, str], postgres_server: EmbeddedPostgres) -> Settings:
    migrate(postgres_server.url)
    return settings_with("", wechat_api_base=served[1], public_url=BASE, database_url=postgres_server.url, vault_key=KEY)


@pytest_asyncio.fixture
async def evidence(settings: Settings) -> AsyncIterator[EvidenceStore]:
    """One picture is kept."""
    store = await EvidenceStore.open(settings.database_url, settings.derived_key("evidence"))
    await store.keep(Evidence(ID, "user-a", "k", "image", source="desk"), PIXEL)
    yield store
    await store.close()


@pytest_asyncio.fixture
async def staff_sender(redis: Redis, settings: Settings, evidence: EvidenceStore) -> AsyncIterator[Sender]:
    """A sender that may open them."""
    async with aiohttp.ClientSession() as session:
        pace = Pace(redis, settings.wechat_app_id, 60_000)
        outlet = wechat_outlet(redis, settings, PlatformApi(redis, settings, session), pace, SentPictures(settings, evidence))
        sender = Sender(redis, {"wechat": outlet}, "test-sender")
        await sender.balance()
        yield sender
        await sender.idle()


async def test_it_is_uploaded_as_a_picture(staff_sender: Sender, settings: Settings, platform: Platform, redis: Redis) -> None:
    await post(redis, "user-a", "a", {"text": "填这张表"}, {"image": picture_link(settings, ID)}, kind="staff")
    await scan(staff_sender)
    assert platform.uploads == [PIXEL] and [body["msgtype"] for body in platform.sent] == ["text", "image"]


@pytest.mark.parametrize("changed", [f"E-0000000000000000.{'A' * 22}", f"{ID}.{'A' * 22}", ID])
async def test_an_address_that_is_not_ours_stays_a_link(staff_sender: Sender, platform: Platform, redis: Redis, changed: str) -> None:
    await post(redis, "user-a", "a", {"image": f"{BASE}/pictures/{changed}"}, kind="staff")
    await scan(staff_sender)
    assert platform.uploads == [] and [body["msgtype"] for body in platform.sent] == ["text"]


async def test_a_phone_opens_it_by_its_address_alone(start_edge: StartEdge, settings: Settings, evidence: EvidenceStore) -> None:
    edge = await start_edge(database_url=settings.database_url, vault_key=KEY, public_url=BASE)
    link = picture_link(settings, ID).removeprefix(BASE)
    async with edge.http.get(edge.server.make_url(link)) as opened:
        assert (opened.status, opened.content_type, await opened.read()) == (200, "image/png", PIXEL)
    for changed in (link[:-1] + ("A" if link[-1] != "A" else "B"), link.replace("E-0", "E-1")):
        async with edge.http.get(edge.server.make_url(changed)) as refused:
            assert refused.status == 404
