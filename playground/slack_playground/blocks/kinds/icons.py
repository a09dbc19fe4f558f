"""
Slack's own icons, by name.

Source: https://docs.slack.dev/reference/block-kit/blocks/card-block
"""

from slack_playground.blocks.schema import Choice, kind

ICON_NAMES = (
    "archive book bookmark bot bug calendar call caret-left caret-right check clipboard code "
    "comment compass copy cube download edit email eye-closed eye-open file flag folder gear "
    "globe heart help image info key lightbulb link map mobile new-window pin plus refine "
    "refresh rocket save screen share sparkle star star-filled tag thumbs-down thumbs-up trash "
    "upload user warning"
)

SLACK_ICON = kind("icon", {"name": Choice(tuple(ICON_NAMES.split()))}, {})
