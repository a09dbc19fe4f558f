"""`python -m slack_playground`: the local workspace alone, for any Slack app."""

import argparse
import asyncio
import errno
import signal
import sys
from pathlib import Path

from slack_playground import screenshot
from slack_playground.app.manifest_rules import validate_manifest
from slack_playground.config import PlaygroundConfig, read_record
from slack_playground.errors import SeedError
from slack_playground.playground import Playground

PORT = 3900
MOST_PORT = 65_535
MANIFEST = Path("manifest.json")


def main() -> int:
    """Run a workspace, or with `screenshot` as the first word make a picture of a running one."""
    if sys.argv[1:2] == ["screenshot"]:
        return screenshot.main(sys.argv[2:])
    options = _parse()
    if options.version:
        return _print_version()
    config = PlaygroundConfig(
        host=options.host,
        port=options.port,
        limits=options.limits,
        client_msg_id=options.client_msg_id,
        images=options.images,
        seed=options.seed,
        request_url=options.request_url,
        manifest=options.manifest,
    )
    try:
        playground = Playground(config)
        asyncio.run(_serve(playground, _advice(config)))
    except SeedError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    except OSError as error:
        sys.stderr.write(f"{_why(error, config)}\n")
        return 2
    return 0


def _why(error: OSError, config: PlaygroundConfig) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"Port {config.port} is taken. Choose another with --port; 0 picks a free one."
    return f"Cannot listen on {config.host}: {error.strerror or error}"


def _advice(config: PlaygroundConfig) -> str:
    """
    Name what Slack would refuse in the manifest, or one that lies here and was not given.

    It counts only when somebody says so.
    """
    if config.manifest is None:
        known = f"\nTo hold the app to its manifest: --manifest {MANIFEST}\n"
        return known if MANIFEST.is_file() else ""
    problems = validate_manifest(read_record(config.manifest))
    lines = [f"  {one.pointer or '/'}: {one.message}\n" for one in problems]
    return "".join(["\nSlack would refuse this manifest:\n", *lines]) if lines else ""


def _port(words: str) -> int:
    if not words.isascii() or not words.isdecimal() or int(words) > MOST_PORT:
        raise argparse.ArgumentTypeError(f"{words!r} is not a port: 0 to {MOST_PORT}")
    return int(words)


def _print_version() -> int:
    # Costs a tenth of the start, and only this needs it.
    from importlib.metadata import PackageNotFoundError, version

    try:
        found = version("slack-playground")
    except PackageNotFoundError:
        found = "(not installed, run from its source)"
    sys.stdout.write(f"slack-playground {found}\n")
    return 0


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="slack-playground",
        description="A Slack workspace on this machine.",
        epilog="`slack-playground screenshot --help`: a picture of a channel of a running one.",
    )
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--version", action="store_true", help="print the version and exit")
    parser.add_argument("--port", type=_port, default=PORT, help="0 picks a free one")
    parser.add_argument("--limits", choices=("slack", "off"), default="slack")
    parser.add_argument(
        "--client-msg-id",
        choices=("honoured", "ignored"),
        default="ignored",
        help="whether a post that repeats another's client_msg_id is answered with that one",
    )
    parser.add_argument(
        "--images",
        choices=("fetched", "trusted"),
        default="trusted",
        help="whether blocks are refused whose pictures cannot be fetched",
    )
    parser.add_argument(
        "--request-url", help="where an app without Socket Mode listens, e.g. …/slack/events"
    )
    parser.add_argument("--seed", type=Path, help="JSON with other users, channels, tokens, scopes")
    parser.add_argument(
        "--manifest", type=Path, help="the app's manifest; without it nothing is refused"
    )
    return parser.parse_args()


async def _serve(playground: Playground, advice: str) -> None:
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for sign in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(sign, stopped.set)
    async with playground:
        sys.stdout.write(
            f"The workspace is at {playground.page_url}\n\n"
            "Point a Slack app at it with\n"
            f"  SLACK_API_URL={playground.api_url}\n"
            f"  SLACK_BOT_TOKEN={playground.bot_token}\n"
            f"  SLACK_APP_TOKEN={playground.app_token}\n"
            f"  SLACK_SIGNING_SECRET={playground.signing_secret}\n"
        )
        sys.stdout.write(advice)
        sys.stdout.flush()
        await stopped.wait()


if __name__ == "__main__":
    sys.exit(main())
