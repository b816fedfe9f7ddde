"""An identity provider: signs access tokens, and shows its keys over HTTP as Keycloak does."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from uuid import UUID

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

ISSUER = "https://keycloak.test/realms/koprogo"
AUDIENCE = "koprogo-api"


class Provider:
    def __init__(self, key_id: str = "first") -> None:
        self.key_id = key_id
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.jwks_url = ""
        self.is_down = False
        self.asked = 0
        """How often the keys were read."""

    def token(
        self,
        subject: UUID | str,
        *,
        realm_roles: Iterable[str] = (),
        key: Any = None,
        key_id: str | None = None,
        algorithm: str = "RS256",
        **claims: object,
    ) -> str:
        """Valid for five minutes unless `claims` say otherwise; a claim of None is left out."""
        now = int(time.time())
        payload: dict[str, object] = {
            "iss": ISSUER,
            "aud": AUDIENCE,
            "sub": str(subject),
            "iat": now,
            "exp": now + 300,
            "acr": "1",
            "email": "somebody@example.org",
            "name": "Somebody",
            "realm_access": {"roles": list(realm_roles)},
            **claims,
        }
        return jwt.encode(
            {name: value for name, value in payload.items() if value is not None},
            self.key if key is None else key,
            algorithm=algorithm,
            headers={"kid": self.key_id if key_id is None else key_id},
        )

    def jwks(self) -> dict[str, object]:
        public: dict[str, object] = jwt.algorithms.RSAAlgorithm.to_jwk(self.key.public_key(), as_dict=True)
        return {"keys": [{**public, "kid": self.key_id, "use": "sig", "alg": "RS256"}]}

    @contextmanager
    def serving(self) -> Iterator[Provider]:
        """Show the keys at `jwks_url` until left."""
        provider = self

        class Keys(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                provider.asked += 1
                body = json.dumps(provider.jwks()).encode()
                self.send_response(503 if provider.is_down else 200)
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None: ...

        server = ThreadingHTTPServer(("127.0.0.1", 0), Keys)
        self.jwks_url = f"http://127.0.0.1:{server.server_address[1]}/certs"
        thread = threading.Thread(target=lambda: server.serve_forever(poll_interval=0.02), daemon=True)
        thread.start()
        try:
            yield self
        finally:
            server.shutdown()
            server.server_close()
            thread.join()
