"""The shape of rules, as JSON Schema, comes to whoever writes them by hand."""

from __future__ import annotations

import httpx
import jsonschema_rs
from litestar import Litestar

from app.api.schemas import RULE
from tests.app.api.service import ADDRESS
from tests.governance.documents import document


async def test_anyone_gets_the_schema_of_rules(app: Litestar) -> None:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=ADDRESS) as here:  # type: ignore[arg-type]
        answer = await here.get(RULE)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/schema+json")
    validator = jsonschema_rs.validator_for(answer.json())
    assert validator.is_valid(document())
    assert not validator.is_valid(document(weight={"module": "purse/1"}))
