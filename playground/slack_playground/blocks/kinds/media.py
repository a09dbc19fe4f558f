"""
Blocks that show what lives elsewhere: video, remote file, call.

Source: https://docs.slack.dev/reference/block-kit/blocks
"""

from slack_playground.blocks.kinds.composition import plain, secure_url, web_url
from slack_playground.blocks.schema import Anything, Choice, Flag, Text, block, index

# "Must be less than 200 characters" for the title and "less than 50" for the author.
VIDEO = block(
    "video",
    "MVH",
    {
        "title": plain(199),
        "video_url": secure_url(3000),
        "thumbnail_url": web_url(3000),
        "alt_text": Text(2000),
    },
    {
        "title_url": secure_url(2000),
        "author_name": Text(49),
        "provider_name": Text(50),
        "provider_icon_url": web_url(2000),
        "description": plain(200),
    },
)
# Of a remote file that the app added before.
FILE = block("file", "M", {"external_id": Text(255), "source": Choice(("remote",))}, {})
CALL = block(
    "call",
    "M",
    {"call_id": Text(255)},
    {"api_decoration_available": Flag(), "call": Anything()},
)

MEDIA = index((VIDEO, FILE, CALL))
