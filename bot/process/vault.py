"""Reads a secret of HashiCorp Vault (or OpenBao) over its HTTP API, with the standard library."""

import http.client
import json
import ssl
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn, Self
from urllib.parse import quote

from bot.errors import ConfigError, SecretsUnavailableError
from bot.outgoing.web_addresses import require_web_address
from bot.process.secret_files import why_unreadable

_MAX_ANSWER_BYTES = 1_048_576


class _KeepHere(urllib.request.HTTPRedirectHandler):
    """Follows no redirect: the token would go along, to whatever address the answer names."""

    def redirect_request(self, *_args: Any, **_named: Any) -> None:
        return None


@dataclass(frozen=True, repr=False)
class VaultClient:
    """Where Vault answers and who we are there; its first fields are the variables `VAULT_…`."""

    addr: str | None = None
    namespace: str | None = None
    cacert: str | None = None
    token: str | None = None
    role: str | None = None
    role_id: str | None = None
    secret_id: str | None = None
    auth_path: str | None = None
    pod_token: Path = Path("/var/run/secrets/kubernetes.io/serviceaccount/token")
    timeout_seconds: float = 10.0

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> Self:
        """Return what these variables say, by field name (`vault_addr`)."""
        prefix = "vault_"
        names = [name for name in values if name.startswith(prefix)]
        return cls(**{name.removeprefix(prefix): values[name] for name in names})

    def read(self, path: str) -> Any:
        """
        Return what stands at this path of the API, of a KV engine of version 1 or 2.

        Raises `ConfigError` for what has to be mended and `SecretsUnavailableError` for what may
        pass; neither repeats a value.
        """
        status, answer = self._call(path, self.token or self._log_in())
        if status == http.HTTPStatus.NOT_FOUND:
            _refuse_vault(
                "SECRETS_FROM: Vault has nothing at its path, or its newest version is deleted; in "
                "a KV engine of version 2 `data` follows the mount, as in vault:secret/data/opsbell"
            )
        if status != http.HTTPStatus.OK:
            _refuse_vault(
                f"{'VAULT_TOKEN' if self.token else 'SECRETS_FROM'}: Vault refuses to show the "
                f"secret (HTTP {status}); renew the token, or give it a policy with `read` on the "
                "path of SECRETS_FROM"
            )
        found = _part_of(answer, "data")
        is_version_2 = isinstance(found, dict) and found.keys() == {"data", "metadata"}
        return found["data"] if is_version_2 else found

    def _log_in(self) -> str:
        """Return a token for an AppRole, or for the service account of this pod."""
        if self.role_id and self.secret_id:
            names, way = "VAULT_ROLE_ID, VAULT_SECRET_ID", "approle"
            body = {"role_id": self.role_id, "secret_id": self.secret_id}
        elif self.role:
            names, way = "VAULT_ROLE", "kubernetes"
            body = {"role": self.role, "jwt": self._read_pod_token()}
        else:
            _refuse_vault(
                "VAULT_TOKEN: is missing; set it, or VAULT_ROLE_ID and VAULT_SECRET_ID for an "
                "AppRole, or VAULT_ROLE in a pod of Kubernetes"
            )
        status, answer = self._call(f"auth/{(self.auth_path or way).strip('/')}/login", None, body)
        if status != http.HTTPStatus.OK:
            _refuse_vault(
                f"{names}: Vault refuses the login (HTTP {status}); compare them with the role in "
                "Vault, and VAULT_AUTH_PATH with where its auth method is mounted"
            )
        token = _part_of(answer, "auth", "client_token")
        return token if isinstance(token, str) else _refuse_other_server()

    def _read_pod_token(self) -> str:
        try:
            return self.pod_token.read_text(encoding="utf-8").strip()
        except (OSError, ValueError) as error:
            _refuse_vault(
                "VAULT_ROLE: the token of the pod's service account cannot be read "
                f"({why_unreadable(error)}); set automountServiceAccountToken: true"
            )

    def _call(
        self, path: str, token: str | None, body: Mapping[str, str] | None = None
    ) -> tuple[int, Any]:
        """Return the status and the JSON of an answer that is final."""
        headers = {
            "X-Vault-Request": "true",
            "X-Vault-Token": token,
            "X-Vault-Namespace": self.namespace,
        }
        try:
            request = urllib.request.Request(  # noqa: S310 - an address of http, see `_address`
                f"{self._address()}/v1/{quote(path.strip('/'))}",
                json.dumps(body).encode() if body else None,
                {name: value for name, value in headers.items() if value},
            )
            status, content = self._fetch(request)
        except ssl.SSLCertVerificationError:
            _refuse_vault("VAULT_CACERT: the certificate of VAULT_ADDR is not signed by it")
        except (OSError, http.client.HTTPException) as error:
            reason = getattr(error, "strerror", None) or type(error).__name__
            raise SecretsUnavailableError(
                f"VAULT_ADDR: Vault cannot be reached ({reason})"
            ) from None
        except ValueError:  # It would repeat the token, if that is what cannot be sent.
            _refuse_vault("VAULT_TOKEN, VAULT_NAMESPACE: hold characters that cannot be sent")
        return _final_answer(status, content)

    def _address(self) -> str:
        try:
            return require_web_address(self.addr or "").rstrip("/")
        except ValueError as error:
            _refuse_vault(f"VAULT_ADDR: {error}, such as https://vault.example.com:8200")

    def _fetch(self, request: urllib.request.Request) -> tuple[int, bytes]:
        """Return status and body, whatever the status; without a proxy: Vault is near."""
        opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}),
            urllib.request.HTTPSHandler(context=self._trust()),
            _KeepHere(),
        )
        try:
            with opener.open(request, timeout=self.timeout_seconds) as response:
                return response.status, response.read(_MAX_ANSWER_BYTES)
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read(_MAX_ANSWER_BYTES)
        except urllib.error.URLError as error:
            raise error.reason if isinstance(error.reason, OSError) else error from None

    def _trust(self) -> ssl.SSLContext:
        try:
            return ssl.create_default_context(cafile=self.cacert)
        except OSError as error:  # Also what is no certificate.
            _refuse_vault(f"VAULT_CACERT: cannot use the file it names: {why_unreadable(error)}")


def _final_answer(status: int, content: bytes) -> tuple[int, Any]:
    """Return the status and the JSON of a final answer of Vault's; refuse all others."""
    if status >= http.HTTPStatus.INTERNAL_SERVER_ERROR or status in _NOT_NOW:
        raise SecretsUnavailableError(
            f"VAULT_ADDR: Vault cannot answer at present (HTTP {status}); it is sealed, a standby, "
            "or busy"
        )
    if status in range(300, 400):
        _refuse_vault("VAULT_ADDR: answers with a redirect; set the address that it leads to")
    try:
        return status, json.loads(content)
    except ValueError:
        _refuse_other_server()


#: https://developer.hashicorp.com/vault/api-docs#http-status-codes
_NOT_NOW = (412, 429, 472, 473)


def _part_of(answer: Any, *names: str) -> Any:
    for name in names:
        if not isinstance(answer, dict) or name not in answer:
            _refuse_other_server()
        answer = answer[name]
    return answer


def _refuse_other_server() -> NoReturn:
    _refuse_vault("VAULT_ADDR: what answers there is not the API of Vault")


def _refuse_vault(problem: str) -> NoReturn:
    raise ConfigError([problem]) from None
