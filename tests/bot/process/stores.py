"""Real HTTP servers that speak as much of Vault's and AWS Secrets Manager's API as is called."""

import hashlib
import hmac
import json
import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote

TOKEN = "hvs.ada-root-token"
ROLE = {"role_id": "opsbell-role", "secret_id": "ada-secret-id"}
POD = {"role": "opsbell", "jwt": "ada-pod-token"}
ACCESS_KEY, SECRET_KEY = "AKIAIOSFODNN7ADAADA0", "ada/secret/key"
REGION = "eu-central-1"
AUTHORIZATION = re.compile(
    r"AWS4-HMAC-SHA256 Credential=(\w+)/(\d{8})/([\w-]+)/secretsmanager/aws4_request, "
    r"SignedHeaders=([\w;-]+), Signature=([0-9a-f]{64})"
)


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_request):
        """Say nothing of a client that went away: some tests are about that."""


class Store:
    """Listens on loopback while entered; `seen` are the paths that were asked for."""

    def __init__(self, answer, tls=None):
        store = self
        self.seen: list[str] = []

        class Handler(BaseHTTPRequestHandler):
            def _serve(self):
                length = int(self.headers.get("Content-Length") or 0)
                store.seen.append(self.path)
                status, body, more = answer(self, self.rfile.read(length))
                content = body if isinstance(body, bytes) else json.dumps(body).encode()
                self.send_response(status)
                for name, value in {"Content-Length": str(len(content)), **more}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(content)

            do_GET = do_POST = _serve  # noqa: N815 - the names that http.server looks for

            def log_message(self, *words):
                pass

        self._server = _Server(("127.0.0.1", 0), Handler)
        if tls:
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True)
        self.url = f"http{'s' if tls else ''}://127.0.0.1:{self._server.server_port}"

    def __enter__(self):
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_error):
        self._server.shutdown()
        self._server.server_close()


def shown_errors(error):
    """Yield the texts that a traceback of this error would end its parts with."""
    while error:
        yield str(error)
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def vault(secrets, *, namespace=None, tls=None):
    """Return a Vault with these answers by path of the API, for our token alone."""

    def answer(handler, body):
        path = unquote(handler.path).removeprefix("/v1/")
        if handler.headers.get("X-Vault-Namespace") != namespace:
            return 404, {"errors": []}, {}
        if path.startswith("auth/"):
            fits = json.loads(body) in (ROLE, POD)
            login = {"auth": {"client_token": TOKEN}} if fits else {"errors": ["invalid role"]}
            return (200 if fits else 400), login, {}
        if handler.headers.get("X-Vault-Token") != TOKEN:
            return 403, {"errors": ["permission denied"]}, {}
        return (200, {"data": secrets[path]}, {}) if path in secrets else (404, {"errors": []}, {})

    return Store(answer, tls)


def aws(secrets, *, refuses=None):
    """Return a Secrets Manager with these texts by name, or one that always answers *refuses*."""

    def answer(handler, body):
        content_type = {"Content-Type": "application/x-amz-json-1.1"}
        if refuses:
            status, code = refuses
            return status, {"__type": code, "Message": "no"}, content_type
        assert handler.headers["X-Amz-Target"] == "secretsmanager.GetSecretValue"
        if not _is_signed(handler, body):
            return 400, {"__type": "InvalidSignatureException"}, content_type
        name = json.loads(body)["SecretId"]
        if name not in secrets:
            return 400, {"__type": "ResourceNotFoundException"}, content_type
        held = secrets[name]
        key = "SecretBinary" if isinstance(held, bytes) else "SecretString"
        text = held.decode() if isinstance(held, bytes) else held
        return 200, {"Name": name, key: text}, content_type

    return Store(answer)


def _is_signed(handler, body):
    """Tell whether Signature Version 4 was made with our key, for this request and region."""
    found = AUTHORIZATION.fullmatch(handler.headers.get("Authorization", ""))
    if not found or (found[1], found[3]) != (ACCESS_KEY, REGION):
        return False
    _, day, region, names, signature = found.groups()
    headers = "".join(f"{name}:{handler.headers[name].strip()}\n" for name in names.split(";"))
    request = f"POST\n/\n\n{headers}\n{names}\n{hashlib.sha256(body).hexdigest()}"
    scope = f"{day}/{region}/secretsmanager/aws4_request"
    hashed = hashlib.sha256(request.encode()).hexdigest()
    signed = f"AWS4-HMAC-SHA256\n{handler.headers['X-Amz-Date']}\n{scope}\n{hashed}"
    key = f"AWS4{SECRET_KEY}".encode()
    for part in (*scope.split("/"), signed):
        key = hmac.digest(key, part.encode(), "sha256")
    return hmac.compare_digest(key.hex(), signature)
