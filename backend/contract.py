"""`openapi.yaml` at work: routes are mounted from it and every request is validated against it, so that spec and code cannot drift."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aiohttp import web
from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError, best_match
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012
from ruamel.yaml import YAML

from backend.problems import Problem, not_found

SPEC = Path(__file__).with_name("openapi.yaml")
URI = "urn:weijing:backend"
BODY = web.RequestKey[dict[str, Any]]("body", dict)
"""Under which a request carries its validated body."""

Handle = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(frozen=True)
class Parameter:
    """One parameter: where it stands (`path`, `query` or `header`) and what it must look like."""

    name: str
    place: str
    required: bool
    validator: Draft202012Validator

    def check(self, request: web.Request) -> None:
        """Raise a problem unless the request's value fits; a malformed number in the path is a number that does not exist."""
        source: Mapping[str, str] = {"path": request.match_info, "query": request.query, "header": request.headers}[self.place]
        value = source.get(self.name)
        if value is None and not self.required:
            return
        error = best_match(self.validator.iter_errors(value))
        if error and self.place == "path":
            raise not_found()
        if error:
            raise Problem(400, "invalid_parameter", f"{self.name}: {'is required' if value is None else rule(error)}")


@dataclass(frozen=True)
class Operation:
    """One operation of the spec; `body` is None when it takes none."""

    id: str
    method: str
    path: str
    public: bool
    parameters: tuple[Parameter, ...]
    body: Draft202012Validator | None

    def validated(self, handle: Handle) -> Handle:
        """The handler behind the checks; it finds the body in `request[BODY]`."""

        async def checked(request: web.Request) -> web.StreamResponse:
            for parameter in self.parameters:
                parameter.check(request)
            if self.body:
                request[BODY] = await read_json(request)
                if error := best_match(self.body.iter_errors(request[BODY])):
                    raise Problem(422, "invalid_body", f"{'.'.join(map(str, error.absolute_path)) or 'body'}: {rule(error)}")
            return await handle(request)

        return checked


def load_contract(path: Path = SPEC) -> tuple[Operation, ...]:
    """The spec's operations, their validators compiled."""
    spec = YAML(typ="safe").load(path.read_text(encoding="utf-8"))
    registry: Registry[Any] = Registry().with_resource(URI, Resource.from_contents(spec, default_specification=DRAFT202012))

    def validator(*place: str) -> Draft202012Validator:
        pointer = "/".join(part.replace("~", "~0").replace("/", "~1") for part in place)
        return Draft202012Validator({"$ref": f"{URI}#/{pointer}"}, registry=registry)

    def parameter(reference: str) -> Parameter:
        *_, name = reference.split("/")
        raw = spec["components"]["parameters"][name]
        return Parameter(raw["name"], raw["in"], raw.get("required", False), validator("components", "parameters", name, "schema"))

    def operation(route: str, method: str, raw: dict[str, Any]) -> Operation:
        body = validator("paths", route, method, "requestBody", "content", "application/json", "schema") if "requestBody" in raw else None
        parameters = tuple(parameter(one["$ref"]) for one in raw.get("parameters", ()))
        return Operation(raw["operationId"], method.upper(), route, raw.get("security") == [], parameters, body)

    return tuple(operation(route, method, raw) for route, methods in spec["paths"].items() for method, raw in methods.items())


async def read_json(request: web.Request) -> Any:
    """The body as JSON.

    Raises:
        Problem: 415 for another type, 413 (by aiohttp) for too much, 400 for what is not strict UTF-8 JSON, half of a surrogate pair included.
    """
    if request.content_type != "application/json":
        raise Problem(415, "not_json", "Send the body as application/json.")
    try:
        value = json.loads((await request.read()).decode("utf-8"), parse_constant=_refuse)
        json.dumps(value, ensure_ascii=False).encode("utf-8")
    except (ValueError, RecursionError, web.RequestPayloadError) as error:
        raise Problem(400, "malformed_json", f"The body is not UTF-8 JSON ({type(error).__name__}).") from None
    return value


def _refuse(word: str) -> None:
    raise ValueError(f"{word} is not JSON")


def rule(error: ValidationError) -> str:
    """The rule that was broken, in the spec's words; never the value that broke it."""
    if error.validator == "required":
        return error.message
    plain = isinstance(error.validator_value, (str, int))
    return f"{error.validator} {error.validator_value}" if plain and error.validator != "$ref" else str(error.validator)
