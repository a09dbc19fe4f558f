"""A real mail server on this machine, which can be told to fail."""

import asyncio
import email
import email.policy
from email.message import EmailMessage

from aiosmtpd.smtp import SMTP, AuthResult

from tests.held_port import hold_port, number_of


class Mute(asyncio.Protocol):
    """A connection on which nothing is ever said."""

    def __init__(self, kept):
        self._kept = kept

    def connection_made(self, transport):
        """Keep it open until the server stops."""
        self._kept.append(transport)


class MailServer:
    """
    Keeps the mails it took, oldest first.

    `says` answers DATA instead of taking the mail; `refused` are recipients it does not know;
    until `lets_go` is set it takes mails and does not say so; `is_mute` makes it not even greet.
    """

    def __init__(self):
        self.mails: list[EmailMessage] = []
        self.says = ""
        self.refused: dict[str, str] = {}
        self.password = "right"
        self.took = asyncio.Event()
        self.lets_go = asyncio.Event()
        self.lets_go.set()
        self.is_mute = False
        self._held = hold_port()
        self.port = number_of(self._held)
        self._server: asyncio.Server | None = None
        self._mute: list[asyncio.BaseTransport] = []

    async def __aenter__(self):
        await self.start()
        return self

    async def __aexit__(self, *_error):
        self.lets_go.set()
        await self.stop()
        self._held.close()

    async def start(self):
        """Listen, always on the same port."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(self._connection, "127.0.0.1", self.port)

    async def stop(self):
        """Hang up; the port stays its own."""
        while self._mute:
            self._mute.pop().close()
        if self._server is not None:
            self._server.close()
            self._server = None

    def address(self, login="", to="ben@example.com", **options):
        """Return the Apprise address that leads here."""
        more = "".join(f"&{name}={value}" for name, value in options.items())
        at = f"{login}@" if login else ""
        return (
            f"mailto://{at}127.0.0.1:{self.port}?from=ada@example.com&to={to}&mode=insecure{more}"
        )

    def bodies(self):
        """Return the text of each mail."""
        found = [one.get_body(("plain", "html")) for one in self.mails]
        return [str(one.get_content()) for one in found if one]

    async def handle_RCPT(self, _server, _session, envelope, address, _options):  # noqa: N802
        if address in self.refused:
            return self.refused[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server, _session, envelope):  # noqa: N802
        if self.says:
            return self.says
        found = email.message_from_bytes(envelope.content, policy=email.policy.default)
        self.mails.append(found)
        self.took.set()
        await self.lets_go.wait()
        return "250 Taken"

    def _connection(self):
        if self.is_mute:
            return Mute(self._mute)
        return SMTP(
            self,
            loop=asyncio.get_running_loop(),
            authenticator=self._authenticate,
            auth_require_tls=False,
            hostname="mail.example.com",
        )

    def _authenticate(self, _server, _session, _envelope, _mechanism, login):
        return AuthResult(success=login.password == self.password.encode(), handled=False)
