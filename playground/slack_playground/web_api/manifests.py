"""apps.manifest.validate: what Slack would say to a manifest."""

from slack_playground.app.manifest_rules import validate_manifest
from slack_playground.errors import SlackError
from slack_playground.requests.arguments import invalid_arguments
from slack_playground.state import Record
from slack_playground.web_api.call import Call


def validate(call: Call) -> Record:
    if "manifest" not in call.arguments:
        raise invalid_arguments("missing required field: manifest")
    problems = validate_manifest(call.arguments.structure("manifest", "invalid_manifest"))
    if problems:
        errors = [{"message": one.message, "pointer": one.pointer or "/"} for one in problems]
        raise SlackError("invalid_manifest", errors=errors)
    return {"errors": []}
