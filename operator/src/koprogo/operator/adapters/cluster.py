"""The API server, for what kopf does not write itself: statuses, routes and certificates."""

from __future__ import annotations

import json
import ssl
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import aiohttp

from koprogo.kernel.errors import DomainError, Forbidden, Unavailable
from koprogo.operator.tenant import GROUP, VERSION

MANAGER = "tenant-operator"
TIMEOUT = aiohttp.ClientTimeout(total=60, connect=10)
Object = Mapping[str, Any]


class ClusterUnavailable(Unavailable):
    reason = "CLUSTER_UNAVAILABLE"


class ClusterForbids(Forbidden):
    reason = "CLUSTER_FORBIDS"


class ClusterRefuses(DomainError):
    reason = "CLUSTER_REFUSES"


class Cluster:
    def __init__(self, url: str, ca: Path, token: Path) -> None:
        self._url, self._token = url, token
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(ssl=ssl.create_default_context(cafile=ca)), timeout=TIMEOUT
        )

    async def close(self) -> None:
        await self._session.close()

    async def write_status(self, plural: str, name: str, status: Object) -> None:
        path = f"/apis/{GROUP}/{VERSION}/{plural}/{name}/status"
        await self._ask("PATCH", path, {"status": status}, "application/merge-patch+json")

    async def apply(self, path: str, wanted: Object) -> bool:
        """Server-side, with what is ours alone; whether anything had to be changed."""
        before = await self.get(path)
        after = await self._ask(
            "PATCH", f"{path}?fieldManager={MANAGER}&force=true", wanted, "application/apply-patch+yaml"
        )
        assert after is not None
        return before is None or before["metadata"]["resourceVersion"] != after["metadata"]["resourceVersion"]

    async def get(self, path: str) -> Object | None:
        return await self._ask("GET", path)

    async def delete(self, path: str) -> bool:
        return await self._ask("DELETE", path) is not None

    async def _ask(self, method: str, path: str, body: Object | None = None, kind: str = "") -> Object | None:
        """None where there is nothing of that name."""
        headers = {"authorization": f"Bearer {self._token.read_text().strip()}", "accept": "application/json"}
        if kind:
            headers["content-type"] = kind
        data = json.dumps(body) if body is not None else None
        try:
            async with self._session.request(method, f"{self._url}{path}", data=data, headers=headers) as answer:
                told = await answer.json(content_type=None)
        except (aiohttp.ClientError, TimeoutError, ValueError) as down:
            raise ClusterUnavailable("The API server does not answer; try again in a moment.") from down
        if answer.status == 404:
            return None
        if answer.status == 403:
            raise ClusterForbids(f"The API server forbids it; look at the operator's roles: {told.get('message')}")
        if answer.status in (409, 429) or answer.status >= 500:
            raise ClusterUnavailable(f"The API server asks to try again: {told.get('message')}")
        if answer.status >= 400:
            raise ClusterRefuses(f"The API server refuses it: {told.get('message')}")
        found: Object = told
        return found
