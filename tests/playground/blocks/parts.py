"""The parts of the gallery: texts, options, rich text, and the cast (Ada, Ben, Cleo)."""

from typing import Any

Json = dict[str, Any]

ADA, BEN, CLEO = "U0ADA", "U0BEN", "U0CLEO"
PICTURE = "https://files.example.com/chart.png"


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text, "emoji": True}


def mrkdwn(text: str) -> Json:
    return {"type": "mrkdwn", "text": text, "verbatim": False}


def option(text: str, value: str) -> Json:
    return {"text": plain(text), "value": value, "description": plain(f"About {text}")}


def rich_option(text: str, value: str) -> Json:
    return {"text": mrkdwn(f"*{text}*"), "value": value, "description": mrkdwn("_why_")}


def raw(text: str) -> Json:
    return {"type": "raw_text", "text": text}


def number(value: float) -> Json:
    return {"type": "raw_number", "value": value, "text": f"{value:g}"}


def rich_text(*paragraphs: Json) -> Json:
    return {"type": "rich_text", "elements": list(paragraphs)}


def line(*elements: Json) -> Json:
    return {"type": "rich_text_section", "elements": list(elements)}


def words(text: str, **style: bool) -> Json:
    return {"type": "text", "text": text, **({"style": style} if style else {})}


IMAGE: Json = {"type": "image", "alt_text": "Failures fell to two", "image_url": PICTURE}

STYLED = line(
    words("Import", bold=True),
    words(" took ", italic=True, strike=False, underline=True),
    words("412 s", code=True),
    {
        "type": "link",
        "url": "https://example.com/log",
        "text": "the log",
        "unsafe": False,
        "style": {"bold": True},
    },
    {
        "type": "emoji",
        "name": "white_check_mark",
        "unicode": "2705",
        "url": "https://example.com/emoji.png",
        "skin_tone": 2,
        "style": {"bold": True},
    },
    {"type": "user", "user_id": ADA, "style": {"bold": True, "highlight": False}},
    {"type": "usergroup", "usergroup_id": "S0ONCALL", "style": {"italic": True}},
    {"type": "channel", "channel_id": "C0OPS", "style": {"client_highlight": True}},
    {"type": "team", "team_id": "T0ACME", "style": {"unlink": True}},
    {"type": "broadcast", "range": "here", "style": {"strike": False}},
    {
        "type": "date",
        "timestamp": 1_795_000_000,
        "format": "{date_short} at {time}",
        "url": "https://example.com/run/42",
        "fallback": "18 Nov 2026",
        "style": {"bold": True},
    },
    {"type": "color", "value": "#F405B3", "style": {"code": True}},
)
RICH_TEXT: Json = {
    **rich_text(
        STYLED,
        {
            "type": "rich_text_list",
            "style": "ordered",
            "indent": 1,
            "offset": 2,
            "border": 1,
            "elements": [line(words("Fetch")), line(words("Load"))],
        },
        {"type": "rich_text_quote", "border": 0, "elements": [words("It was the disk.")]},
        {
            "type": "rich_text_preformatted",
            "border": 0,
            "language": "python",
            "elements": [words("Traceback"), {"type": "link", "url": "https://example.com"}],
        },
    ),
    "block_id": "rich",
}

REPORT = rich_text(line(words("412 files")))
