"""The API keeps to its own description, whatever is sent: no error of the service, no answer that was not announced."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.vendor.pretty import RepresentationPrinter
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from ledger import cosignature
from tests.app.test_authorisation import TABLE
from tests.app.test_serve import Running
from tests.app.witness.log import NumberLog
from tests.town import Town

EXAMPLES = 12
LOG = NumberLog()
MACHINES = ("/api/v1/", "/log/", "/witness/", "/.well-known/", "/anchors/")
"""Where what machines ask for lies; /witness and /anchors themselves are pages."""
OTHERWISE = {
    "GET /api/v1/{path}",  # answers that there is nothing
    "GET /api/v1/docs",
    "GET /api/v1/openapi.json",
}
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]


@pytest.fixture(autouse=True)
def _printer(monkeypatch: pytest.MonkeyPatch) -> None:
    """schemathesis has Hypothesis print nothing of what a test failed with: no longer than it is needed here."""
    monkeypatch.setattr("hypothesis.core.RepresentationPrinter", RepresentationPrinter)


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, dict[str, str]]]:
    """A running service with a co-op in it, and the headers of its administrator's browser."""
    folder = tmp_path_factory.mktemp("described")
    # It witnesses another log and has itself witnessed, so that these routes have something to answer.
    (folder / "logs").write_text(f"log {LOG.vkey.text()}\nquorum none\n")
    witness = cosignature.witness_key("witness.example", LOG.key).text()
    (folder / "policy").write_text(f"witness w {witness} http://localhost:9\nquorum w\n")
    witnessing = {"YUI_WITNESS_LOGS": str(folder / "logs"), "YUI_WITNESS_POLICY": str(folder / "policy")}
    running = Running(folder / "data", **witnessing)
    town = Town("owase")
    with httpx.Client(base_url=running.address) as client:
        prepared = client.post("/api/v1/foundings/prepare", json={"slug": "owase"})
        genesis = town.genesis(prepared.json(), "Hanako")
        assert client.post("/api/v1/ledgers?slug=owase", content=genesis.json()).status_code == 201
        asked = client.get("/api/v1/ledgers/owase/session/challenge").json()
        assert client.post("/api/v1/ledgers/owase/session", json=town.answer("Hanako", asked)).status_code == 200
        cookie = "; ".join(f"{one.name}={one.value}" for one in client.cookies.jar)
        yield running.address, {"Cookie": cookie, "X-CSRFToken": client.cookies["csrftoken"]}
    running.stop()


BRIEF = settings(
    max_examples=EXAMPLES,
    derandomize=True,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


def operations(address: str) -> Iterator[Any]:
    described = schemathesis.openapi.from_url(f"{address}/api/v1/openapi.json")
    # The stream of events has no end to wait for.
    for result in described.exclude(path_regex="/events$").get_all_operations():
        operation: Any = result
        yield operation.ok()


@pytest.mark.slow
@pytest.mark.parametrize("member", [False, True])
def test_answers_are_as_described(service: tuple[str, dict[str, str]], *, member: bool) -> None:
    address, headers = service
    count = 0
    for operation in operations(address):

        @BRIEF
        @given(case=operation.as_strategy())
        def answers(case: Any) -> None:
            if member and "slug" in case.path_parameters:
                case.path_parameters["slug"] = "owase"
            case.call_and_validate(headers=headers if member else {}, checks=CHECKS)

        answers()
        count += 1
    assert count > 20


def test_every_route_of_the_api_is_described(service: tuple[str, dict[str, str]]) -> None:
    described = httpx.get(f"{service[0]}/api/v1/openapi.json").json()
    found = [one for path in described["paths"].values() for one in path.values()]
    assert len(found) > 20
    assert all(one["summary"] and one["description"] for one in found)
    for path, methods in described["paths"].items():
        for one in methods.values():
            documented = {parameter["name"] for parameter in one.get("parameters", ()) if parameter["in"] == "path"}
            assert documented == {part[1:-1] for part in path.split("/") if part.startswith("{")}, path


def test_what_machines_ask_for_is_described(service: tuple[str, dict[str, str]]) -> None:
    described = httpx.get(f"{service[0]}/api/v1/openapi.json").json()
    known = {f"{method.upper()} {path}" for path, methods in described["paths"].items() for method in methods}
    asked = {row for row in TABLE if row.partition(" ")[2].startswith(MACHINES)} - OTHERWISE
    assert asked - known == set()
    assert any(row.startswith("POST /witness/") for row in asked)
    # One that is witnessed here, and answers as it is described.
    answer = httpx.post(f"{service[0]}/witness/add-checkpoint", content=LOG.request(0, 3))
    assert answer.status_code == 200, answer.text
