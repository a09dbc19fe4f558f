"""A small real HTTP proxy: it forwards plain requests, tunnels with CONNECT, and can refuse."""

import asyncio
import base64
from urllib.parse import urlsplit


class HttpProxy:
    """Listens on loopback while entered; `seen` are the first lines of what it was asked."""

    def __init__(self, *, login="", refuses=0):
        self.seen = []
        self._login = login
        self._refuses = refuses
        self._tasks = set()

    async def __aenter__(self):
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        port = self._server.sockets[0].getsockname()[1]
        who = f"{self._login}@" if self._login else ""
        self.url = f"http://{who}127.0.0.1:{port}"
        return self

    async def __aexit__(self, *_error):
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _serve(self, reader, writer):
        task = asyncio.current_task()
        self._tasks.add(task)
        try:
            await self._answer(reader, writer)
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            self._tasks.discard(task)
            writer.close()

    async def _answer(self, reader, writer):
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        first, _, fields = head.partition("\r\n")
        self.seen.append(first)
        if refusal := self._refusal(fields):
            writer.write(f"HTTP/1.1 {refusal}\r\nContent-Length: 0\r\n\r\n".encode())
            await writer.drain()
            return
        method, target, _ = first.split(" ")
        if method == "CONNECT":
            host, _, port = target.rpartition(":")
            theirs = await asyncio.open_connection(host, int(port))
            writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        else:
            # One request a connection: what follows would have to be read as well.
            parts = urlsplit(target)
            theirs = await asyncio.open_connection(parts.hostname, parts.port or 80)
            path = f"{parts.path or '/'}{f'?{parts.query}' if parts.query else ''}"
            hops = ("proxy-",) if "upgrade:" in fields.lower() else ("proxy-", "connection:")
            kept = [one for one in fields.split("\r\n") if not one.lower().startswith(hops)]
            if "connection:" in hops:
                kept.insert(0, "Connection: close")
            theirs[1].write(f"{method} {path} HTTP/1.1\r\n".encode())
            theirs[1].write("\r\n".join(kept).encode("latin-1"))
        await self._pipe((reader, writer), theirs)

    def _refusal(self, fields):
        if self._refuses:
            return f"{self._refuses} Refused"
        wanted = f"Basic {base64.b64encode(self._login.encode()).decode()}"
        return "407 Who are you" if self._login and wanted not in fields else ""

    async def _pipe(self, ours, theirs):
        async def copy(reader, writer):
            try:
                while data := await reader.read(65536):
                    writer.write(data)
                    await writer.drain()
            except OSError:
                pass
            finally:
                writer.close()

        await asyncio.gather(copy(ours[0], theirs[1]), copy(theirs[0], ours[1]))
