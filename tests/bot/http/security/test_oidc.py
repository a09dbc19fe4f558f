"""Tokens of an OpenID Connect issuer: its keys, its roles, and everything that is none of its."""

import dataclasses

import aiohttp
import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from bot.errors import UnavailableError
from bot.http.security.oidc import OidcTokens, fetch_json
from bot.http.server import HttpServer
from bot.tokens import TokenError
from tests.bot.http.calling import JWT_SECRET, ONE_DATABASE, Client, HandClock, token_for
from tests.bot.http.security.issuer import AUDIENCE, NOW, make_rsa, public, running_issuer
from tests.patience import until


class Ticks:
    """A monotonic clock that is set by hand."""

    def __init__(self):
        self.at = 0.0

    def __call__(self):
        return self.at


@pytest.fixture
async def issuer():
    async with running_issuer() as issuer:
        yield issuer


@pytest.fixture
def ticks():
    return Ticks()


@pytest.fixture
async def session():
    async with aiohttp.ClientSession(trust_env=False) as session:
        yield session


@pytest.fixture
def tokens(issuer, ticks, session):
    fetch = fetch_json(session, None)
    return OidcTokens(issuer.url, AUDIENCE, HandClock(), fetch, monotonic=ticks)


async def test_realm_and_client_roles_are_scopes(issuer, tokens):
    """So are the scopes themselves; roles of other clients and other names are not."""
    token = issuer.token(
        scope="openid alerts:read",
        realm_access={"roles": ["tasks:write", "offline_access", 7]},
        resource_access={
            AUDIENCE: {"roles": ["reports:read"]},
            "another": {"roles": ["admin"]},
            "odd": [],
        },
    )
    caller = await tokens.read(token)

    assert (caller.subject, caller.tenant) == ("ada", "default")
    assert sorted(caller.scopes) == ["alerts:read", "reports:read", "tasks:write"]


async def test_rotated_keys_need_no_restart(issuer, tokens, ticks):
    """A new key is found with the first token that names it; a withdrawn one is forgotten."""
    old = issuer.token()
    await tokens.read(old)
    ticks.at += 11
    issuer.keys = {"second": (ec.generate_private_key(ec.SECP256R1()), "ES256")}

    assert (await tokens.read(issuer.token("second"))).subject == "ada"
    with pytest.raises(TokenError, match="does not publish"):
        await tokens.read(old)


async def test_unknown_keys_ask_the_issuer_seldom(issuer, tokens, ticks):
    """Whoever makes up key ids costs it one call in ten seconds."""
    for number in range(20):
        with pytest.raises(TokenError, match="does not publish"):
            await tokens.read(issuer.token(f"made-up-{number}", key=issuer.keys["first"][0]))
    asked = issuer.asked
    ticks.at += 10
    with pytest.raises(TokenError):
        await tokens.read(issuer.token("made-up", key=issuer.keys["first"][0]))

    assert (asked, issuer.asked) == (1, 2)


async def test_an_issuer_that_is_away_keeps_nobody_from_starting(issuer, tokens, ticks):
    """Tokens are refused for the time being; once its keys are known they outlast an outage."""
    issuer.is_away = True
    with pytest.raises(UnavailableError, match="OIDC_ISSUER"):
        await tokens.read(issuer.token())
    issuer.is_away = False
    ticks.at += 10
    await tokens.read(issuer.token())

    issuer.is_away = True
    asked = issuer.asked
    ticks.at += 3600
    assert (await tokens.read(issuer.token())).subject == "ada"
    await until(lambda: _true(issuer.asked > asked))
    ticks.at += 24 * 3600
    with pytest.raises(UnavailableError):
        await tokens.read(issuer.token())


async def test_a_key_that_is_new_during_an_outage_is_not_called_wrong(issuer, tokens, ticks):
    """Whoever signs in just then tries again, and is let in once the issuer is back."""
    await tokens.read(issuer.token())
    issuer.is_away = True
    issuer.keys["second"] = issuer.keys.pop("first")
    ticks.at += 10
    with pytest.raises(UnavailableError):
        await tokens.read(issuer.token("second"))

    issuer.is_away = False
    ticks.at += 10
    assert (await tokens.read(issuer.token("second"))).subject == "ada"
    with pytest.raises(TokenError, match="does not publish"):
        await tokens.read(issuer.token("made-up", key=issuer.keys["second"][0]))


async def _true(found):
    return found


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "http://127.0.0.1/realms/other"},
        {"iss": None},
        {"aud": "account"},
        {"aud": None},
        {"exp": NOW - 60},
        {"exp": None},
        {"exp": "soon"},
        {"iat": NOW + 120},
        {"nbf": NOW + 120},
        {"sub": None},
        {"tenant": None},
        {"tenant": 7},
        {"typ": "ID"},
        {"typ": "Refresh"},
        {"sub": 7},
        {"aud": {"opsbell": 1}},
        {"task": ""},
    ],
)
async def test_a_token_that_is_not_for_us_is_refused(issuer, tokens, claims):
    """Another issuer or audience, expired, too early, without a tenant, or of another kind."""
    with pytest.raises(TokenError):
        await tokens.read(issuer.token(**claims))


async def test_odd_claims_beside_those_that_count_give_nothing(issuer, tokens):
    """Roles and types of other shapes are no roles, and no error."""
    token = issuer.token(
        typ=["Bearer"],
        scope=["admin"],
        realm_access=["admin"],
        resource_access={AUDIENCE: {"roles": {"admin": True}}},
    )
    assert (await tokens.read(token)).scopes == frozenset()


@pytest.mark.parametrize("seconds", [-59, 59])
async def test_clocks_may_differ_by_a_minute(issuer, tokens, seconds):
    """A token that has just expired, and one issued a moment ahead of us."""
    token = issuer.token(exp=NOW + seconds, iat=NOW + min(seconds, 59))

    assert (await tokens.read(token)).subject == "ada"


async def test_only_its_own_keys_and_algorithms_count(issuer, tokens):
    """No secret, no signature, another's key, a key of another algorithm, or a weak one."""
    private = issuer.keys["first"][0]
    weak, other = make_rsa(1024), make_rsa()
    issuer.extra = [
        public("weak", weak, alg="RS256"),
        public("encrypts", other) | {"use": "enc"},
        {"kty": "oct", "kid": "secret", "k": "c2VjcmV0", "alg": "HS256"},
        {"kty": "RSA", "kid": "broken", "n": "!", "e": "AQAB"},
        {"kty": "RSA", "kid": "unsigned", "alg": "none"},
        {**public("private", other), "d": "AQAB"},
        {"kty": ["RSA"], "kid": "odd", "alg": {}},
        "nonsense",
    ]
    pem = private.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    await tokens.read(issuer.token())
    with pytest.raises(TokenError, match="does not publish"):
        await tokens.read(issuer.token("weak", key=other))
    for token in (
        issuer.token(key=pem + b"0" * 32, algorithm="HS256"),
        issuer.token("secret", key="secret" * 8, algorithm="HS256"),
        jwt.encode({"sub": "ada"}, "", algorithm="none", headers={"kid": "first"}),
        issuer.token(key=other),
        issuer.token(key=private, algorithm="PS256"),
        issuer.token("encrypts", key=other),
        issuer.token("broken", key=other),
        issuer.token("unsigned", key=other),
        issuer.token("private", key=other),
        issuer.token().rsplit(".", 1)[0] + ".",
        issuer.token()[:-6] + "AAAAAA",
        "a.b.c",
        "\xe9",
    ):
        with pytest.raises(TokenError):
            await tokens.read(token)


@pytest.mark.parametrize(
    "discovery",
    [{"issuer": "http://127.0.0.1/other"}, {"jwks_uri": "file:///etc/passwd"}, {"jwks_uri": 7}],
)
async def test_a_discovery_document_of_somebody_else_is_not_followed(issuer, tokens, discovery):
    """It names the issuer itself, and keys at a web address."""
    issuer.discovery = discovery
    with pytest.raises(UnavailableError):
        await tokens.read(issuer.token())


@pytest.mark.parametrize(
    ("issuer_url", "keys_at", "only_public"),
    [
        ("https://login.example.com/realm", "https://login.example.com/realm/keys", False),
        ("https://login.example.com", "https://keys.example.com/keys", True),
        ("https://login.example.com", "https://169.254.169.254/keys", True),
        ("https://10.0.0.7/realm", "https://10.0.0.8/keys", False),
    ],
)
async def test_a_public_issuer_may_not_send_us_inside(ticks, issuer_url, keys_at, only_public):
    """Keys on another host are read at a public address only, unless the issuer is inside, too."""
    asked = []

    async def fetch(address: str, *, only_public: bool = False) -> dict[str, object]:
        asked.append((address, only_public))
        return {"issuer": issuer_url, "jwks_uri": keys_at, "keys": []}

    await OidcTokens(issuer_url, AUDIENCE, HandClock(), fetch, monotonic=ticks).read_keys()

    assert asked[0][1] is False
    assert asked[1] == (keys_at, only_public)


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "[::1]", "[::ffff:127.0.0.1]", "localhost", "localhost.", "2130706433"]
)
async def test_inner_addresses_are_not_called_for_keys(issuer, session, host):
    """However an inner address is written, nothing arrives there."""
    port = issuer.url.rpartition(":")[2]
    await fetch_json(session, None)(f"{issuer.url}/.well-known/openid-configuration")

    with pytest.raises((ValueError, OSError)):
        await fetch_json(session, None)(
            f"http://{host}:{port}/.well-known/openid-configuration", only_public=True
        )


@ONE_DATABASE
async def test_both_kinds_of_tokens_are_taken_side_by_side(services, issuer, tokens):
    """Runners go on with tokens of ours; people come with the issuer's."""
    server = HttpServer(dataclasses.replace(services, oidc=tokens))
    await server.start()
    async with aiohttp.ClientSession() as session:
        client = Client(session, f"http://127.0.0.1:{server.port}", issuer.token())
        theirs = await client.get("/api/tasks")
        lacking = await client.post("/api/tasks", {"task": "a"})
        ours = await client.get("/api/tasks", token=token_for())
        forged = await client.get(
            "/api/tasks", token=issuer.token(key=JWT_SECRET, algorithm="HS256", exp=NOW - 99)
        )
        foreign = await client.get("/api/tasks", token=issuer.token(aud="account"))
    await server.stop()

    statuses = [one.status for one in (theirs, lacking, ours, forged, foreign)]
    assert statuses == [200, 403, 200, 401, 401]
    assert "tasks:write" in lacking.body["message"]
