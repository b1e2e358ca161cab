"""The spec and the code are one: schemathesis generates requests from `openapi.yaml` and checks every answer against it."""

from __future__ import annotations

from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from ruamel.yaml import YAML
from schemathesis import DataGenerationMethod
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import content_type_conformance, response_schema_conformance, status_code_conformance

from backend.app import init_app
from backend.contract import SPEC, load_contract
from backend.handlers import HANDLERS
from backend.proofs import ALPHABET
from tests.backend.conftest import Api, Running
from weijing.service_items import CATEGORIES

schemathesis.experimental.OPEN_API_3_1.enable()
CHECKS = (not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance)


@pytest.fixture(scope="module")
def generated(backend: Running) -> Any:
    url = f"{backend.base}/openapi.yaml"
    loaded = schemathesis.from_uri(url, base_url=backend.base, data_generation_methods=DataGenerationMethod.all(), validate_schema=True)
    loaded.hook(map_headers)
    return loaded


def map_headers(_: Any, headers: Any) -> Any:
    """Leave out what is no HTTP: the server's parser refuses control characters before our code is asked."""
    return {name: value for name, value in headers.items() if value.isprintable()} if headers else headers


schema = schemathesis.from_pytest_fixture("generated")


@schema.parametrize()
@settings(max_examples=8, deadline=None, derandomize=True, database=None, phases=[Phase.explicit, Phase.generate], suppress_health_check=list(HealthCheck))
def test_every_answer_keeps_the_contract(case: Any, backend: Running) -> None:
    token = backend.settings.backend_token.get_secret_value()
    case.call_and_validate(headers={"Authorization": f"Bearer {token}"}, checks=CHECKS, timeout=10)


async def test_the_served_contract_is_the_file(api: Api) -> None:
    async with api.session.get(f"{api.base}/openapi.yaml") as response:
        assert await response.text() == SPEC.read_text(encoding="utf-8")


def test_every_operation_is_mounted_and_nothing_else(backend: Running) -> None:
    operations = load_contract()
    assert {operation.id for operation in operations if not operation.public} == set(HANDLERS)
    mounted = {(route.method, route.resource.canonical) for route in init_app(backend.settings).router.routes() if route.resource}
    assert {pair for pair in mounted if pair[0] != "HEAD"} == {(operation.method, operation.path) for operation in operations}


def test_the_spec_knows_the_catalogues_categories_and_the_alphabet() -> None:
    spec = YAML(typ="safe").load(SPEC.read_text(encoding="utf-8"))
    assert spec["components"]["parameters"]["Category"]["schema"]["enum"] == list(CATEGORIES)
    assert len(ALPHABET) == 32 and not set("01IO") & set(ALPHABET)


def test_the_examples_of_the_spec_fit_their_schemas() -> None:
    spec = YAML(typ="safe").load(SPEC.read_text(encoding="utf-8"))
    for operation in load_contract():
        content = spec["paths"][operation.path][operation.method.lower()].get("requestBody", {}).get("content", {}).get("application/json", {})
        examples = [content["example"]] if "example" in content else [one["value"] for one in content.get("examples", {}).values()]
        assert (operation.body is None) is not bool(examples)
        for example in examples:
            assert operation.body is not None
            operation.body.validate(example)
