"""An OpenID Connect issuer on this machine, like a realm of Keycloak, that rotates its keys."""

import json
from contextlib import asynccontextmanager

import jwt
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from tests.bot.http.calling import HandClock

AUDIENCE = "opsbell"
NOW = int(HandClock().now().timestamp())


def make_rsa(bits=2048):
    return rsa.generate_private_key(public_exponent=65537, key_size=bits)


def public(key_id, key, **more):
    """Return a key as a JWKS says it."""
    if isinstance(key, ec.EllipticCurvePrivateKey):
        published = jwt.algorithms.ECAlgorithm.to_jwk(key.public_key())
    else:
        published = jwt.algorithms.RSAAlgorithm.to_jwk(key.public_key())
    return {**json.loads(published), "kid": key_id, "use": "sig", **more}


class Issuer:
    """Publishes the keys in `keys`; while `is_away` it answers 503; `asked` counts its calls."""

    def __init__(self):
        self.url = ""
        self.keys = {"first": (make_rsa(), "RS256")}
        self.extra = []  # more entries of the JWKS
        self.discovery = {}  # what the discovery document says otherwise
        self.is_away = False
        self.asked = 0

    def token(self, key_id="first", *, key=None, algorithm=None, headers=None, **claims):
        """Return a token with Keycloak's claims; None leaves a claim out."""
        private, own = self.keys.get(key_id, (key, "RS256"))
        said = {
            "iss": self.url,
            "aud": ["account", AUDIENCE],
            "sub": "ada",
            "exp": NOW + 300,
            "iat": NOW,
            "typ": "Bearer",
            "tenant": "default",
            "scope": "openid profile",
            "realm_access": {"roles": ["tasks:read", "offline_access"]},
            **claims,
        }
        said = {name: claim for name, claim in said.items() if claim is not None}
        return jwt.encode(
            said, key or private, algorithm or own, headers={"kid": key_id, **(headers or {})}
        )

    async def discover(self, _request):
        self.asked += 1
        if self.is_away:
            return web.Response(status=503)
        return web.json_response(
            {"issuer": self.url, "jwks_uri": f"{self.url}/certs", **self.discovery}
        )

    async def publish(self, _request):
        keys = [public(name, key, alg=alg) for name, (key, alg) in self.keys.items()]
        return web.json_response({"keys": [*keys, *self.extra]})


@asynccontextmanager
async def running_issuer():
    issuer, app = Issuer(), web.Application()
    app.router.add_get("/realms/acme/.well-known/openid-configuration", issuer.discover)
    app.router.add_get("/realms/acme/certs", issuer.publish)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    issuer.url = f"http://127.0.0.1:{runner.addresses[0][1]}/realms/acme"
    yield issuer
    await runner.cleanup()
