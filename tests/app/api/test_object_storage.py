"""Copies for auditors in object storage: moto, an S3 server that nobody here wrote, which judges every signature."""

from __future__ import annotations

import asyncio
import gzip
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3  # type: ignore[import-untyped]
import httpx
import pytest

from app.cli.main import main
from app.errors import StoreError
from app.stores import BucketStore, DirectoryStore, open_store
from tests.app.api.service import Coop
from tests.app.api.test_tile_stores import SLUG, copy, files, invite
from tests.e2e.conftest import free_port

PATIENCE = 60
BUCKET, PREFIX = "tiles", "logs"
SETTING_UP = 3
"""Requests before moto asks who one is: a user, a key for it, what it may do."""
MAY = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}
READ = {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": f"arn:aws:s3:::{BUCKET}/*"}
PUBLIC = {"Version": "2012-10-17", "Statement": [READ]}


class Storage:
    """A bucket, and the one account that may use it."""

    def __init__(self, address: str) -> None:
        self.address = address
        account = self._client("iam", "nobody", "yet")
        account.create_user(UserName="yui")
        self.key = account.create_access_key(UserName="yui")["AccessKey"]
        account.put_user_policy(UserName="yui", PolicyName="storage", PolicyDocument=json.dumps(MAY))
        self.s3 = self._client("s3", self.key["AccessKeyId"], self.key["SecretAccessKey"])
        self.s3.create_bucket(Bucket=BUCKET)

    def objects(self) -> dict[str, bytes]:
        found = self.s3.list_objects_v2(Bucket=BUCKET, Prefix=f"{PREFIX}/")["Contents"]
        return {one["Key"].removeprefix(f"{PREFIX}/"): self.read(one["Key"]) for one in found}

    def read(self, key: str) -> bytes:
        """As whoever asks for it over HTTP has it."""
        found = self.get(key)
        data: bytes = found["Body"].read()
        return gzip.decompress(data) if found.get("ContentEncoding") == "gzip" else data

    def get(self, key: str) -> Any:
        return self.s3.get_object(Bucket=BUCKET, Key=key)

    def let_anyone_read(self) -> None:
        """As whoever serves a bucket to the public does."""
        self.s3.put_bucket_policy(Bucket=BUCKET, Policy=json.dumps(PUBLIC))
        httpx.post(f"{self.address}/moto-api/reset-auth", content=b"10000").raise_for_status()

    def _client(self, service: str, id_: str, secret: str) -> Any:
        about = {"aws_access_key_id": id_, "aws_secret_access_key": secret, "region_name": "us-east-1"}
        return boto3.client(service, endpoint_url=self.address, **about)


@pytest.fixture
def storage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Storage]:
    """The server in a process of its own, and the credentials where object storage's tools have them."""
    port = free_port()
    settings = os.environ | {"INITIAL_NO_AUTH_ACTION_COUNT": str(SETTING_UP)}
    with (tmp_path / "moto.log").open("wb") as log:
        line = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
        process = subprocess.Popen(line, env=settings, stdout=log, stderr=log)
    try:
        address = f"http://127.0.0.1:{port}"
        wait_for(process, address)
        storage = Storage(address)
        monkeypatch.setenv("AWS_ENDPOINT", address)
        monkeypatch.setenv("AWS_ALLOW_HTTP", "true")
        monkeypatch.setenv("AWS_REGION", "us-east-1")
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", storage.key["AccessKeyId"])
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", storage.key["SecretAccessKey"])
        yield storage
    finally:
        process.kill()
        process.wait()


def wait_for(process: subprocess.Popen[bytes], address: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while process.poll() is None and time.monotonic() < deadline:
        try:
            httpx.get(f"{address}/moto-api/data.json")
        except httpx.TransportError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError("moto does not answer")


async def test_a_bucket_holds_what_a_folder_does_and_is_verified_by_its_address(
    coop: Coop, storage: Storage, tmp_path: Path
) -> None:
    await invite(coop, 260)
    store = open_store(f"s3://{BUCKET}/{PREFIX}")
    await copy(coop, store)
    await invite(coop, 1)
    await copy(coop, store)
    await copy(coop, DirectoryStore(tmp_path / "copy"))
    found = await asyncio.to_thread(storage.objects)
    folder = files(tmp_path / "copy")
    assert {path: data for path, data in found.items() if path in folder} == folder
    assert all(".p/" in path for path in found.keys() - folder.keys())  # the edge as it was once
    full, note = (storage.get(f"{PREFIX}/{SLUG}/{name}") for name in ("tile/entries/000", "checkpoint"))
    assert "immutable" in full["CacheControl"]
    assert full["ContentEncoding"] == "gzip"
    assert full["ContentLength"] < len(found[f"{SLUG}/tile/entries/000"]) // 2
    assert "ContentEncoding" not in storage.get(f"{PREFIX}/{SLUG}/tile/0/000")
    assert "ContentEncoding" not in note
    assert note["CacheControl"] == "public, max-age=1, must-revalidate"
    assert note["ContentType"] == "text/plain; charset=utf-8"

    storage.let_anyone_read()
    address = f"{storage.address}/{BUCKET}/{PREFIX}/{SLUG}"
    assert await asyncio.to_thread(main, ["verify", address]) == 0
    assert await asyncio.to_thread(main, ["export", address, str(tmp_path / "mirror")]) == 0
    assert (tmp_path / "mirror" / "checkpoint").read_bytes() == folder[f"{SLUG}/checkpoint"]
    assert await asyncio.to_thread(main, ["verify", str(tmp_path / "mirror")]) == 0


async def test_who_may_not_write_is_told_so_and_leaves_nothing(
    coop: Coop, storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "another")
    with pytest.raises(StoreError, match="PermissionDenied"):
        await copy(coop, open_store(f"s3://{BUCKET}/{PREFIX}"))
    assert "Contents" not in await asyncio.to_thread(storage.s3.list_objects_v2, Bucket=BUCKET)


async def test_a_store_that_is_away_is_said_to_be(coop: Coop) -> None:
    config = {"endpoint": f"http://127.0.0.1:{free_port()}", "access_key_id": "a", "secret_access_key": "b"}
    away = BucketStore(
        f"s3://{BUCKET}", config=config, client_options={"allow_http": True}, retry_config={"max_retries": 0}
    )
    with pytest.raises(StoreError, match=r"store\.unavailable"):
        await copy(coop, away)
