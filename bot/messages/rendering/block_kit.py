"""
The objects of Block Kit and their required fields.

Source: https://docs.slack.dev/reference/block-kit
"""

# Objects that Slack tells apart by their place rather than by a `type`.
ROLES = {
    "confirm": "confirm",
    "options": "option",
    "initial_option": "option",
    "initial_options": "option",
    "option_groups": "group",
    "tasks": "task_card",
    "chart": "chart",
    "workflow": "workflow",
}
# Fields without which an object says nothing; one of each group must be there.
NEEDED: dict[str, tuple[tuple[str, ...], ...]] = {
    "plain_text": (("text",),),
    "mrkdwn": (("text",),),
    "text": (("text",),),
    "section": (("text", "fields"),),
    "header": (("text",),),
    "markdown": (("text",),),
    "context": (("elements",),),
    "context_actions": (("elements",),),
    "actions": (("elements",),),
    "carousel": (("elements",),),
    "container": (("child_blocks",), ("title", "rich_text_title")),
    "rich_text": (("elements",),),
    "rich_text_section": (("elements",),),
    "rich_text_list": (("elements",),),
    "rich_text_quote": (("elements",),),
    "rich_text_preformatted": (("elements",),),
    "user": (("user_id",),),
    "usergroup": (("usergroup_id",),),
    "channel": (("channel_id",),),
    "team": (("team_id",),),
    "broadcast": (("range",),),
    "emoji": (("name",),),
    "link": (("url",),),
    "url": (("url",), ("text",)),
    "button": (("text",),),
    "option": (("text",), ("value",)),
    "group": (("label",), ("options",)),
    "overflow": (("options",),),
    "checkboxes": (("options",),),
    "radio_buttons": (("options",),),
    "static_select": (("options", "option_groups"),),
    "multi_static_select": (("options", "option_groups"),),
    "image": (("image_url", "slack_file"),),
    "video": (("title",), ("video_url",), ("thumbnail_url",)),
    "card": (("hero_image", "title", "body", "actions"),),
    "plan": (("tasks",),),
    "table": (("rows",),),
    "data_table": (("rows",),),
    "data_visualization": (("title",), ("chart",)),
    "confirm": (("title",), ("text",), ("confirm",), ("deny",)),
}
# Fields Slack insists on that get a dash where data left them empty.
DASHED = {
    "task_card": ("title",),
    "plan": ("title",),
    "raw_text": ("text",),
    "raw_number": ("text",),
    "image": ("alt_text",),
    "video": ("alt_text",),
    "data_table": ("caption",),
}
# The only types that data itself may bring, embedded with |json: they can show, not act.
INERT_TYPES = frozenset(
    {
        *("area", "bar", "line", "pie"),
        *("plain_text", "raw_number", "raw_text", "text"),
        *("rich_text", "rich_text_list", "rich_text_preformatted", "rich_text_quote"),
        "rich_text_section",
    }
)
# Fields in which only some words mean anything; other words from data leave the default.
WORDS = {
    "style": frozenset(["primary", "danger", "bullet", "ordered"]),
    "status": frozenset(["pending", "in_progress", "complete", "error"]),
    "align": frozenset(["left", "center", "right"]),
    "width": frozenset(["narrow", "standard", "wide", "full"]),
}
# Addresses without which their object still says what it has to say.
OPTIONAL_ADDRESSES = frozenset({"title_url", "author_url", "provider_icon_url"})
# Blocks whose insides need settling before their texts are looked at.
COMPLETED_TYPES = frozenset({"table", "data_table", "plan", "task_card", "data_visualization"})
