"""apps.manifest.validate: what Slack would say to a manifest."""

from playground.arguments import invalid_arguments
from playground.errors import SlackError
from playground.manifest_rules import validate_manifest
from playground.state import Record
from playground.web_api.call import Call


def validate(call: Call) -> Record:
    if "manifest" not in call.arguments:
        raise invalid_arguments("missing required field: manifest")
    problems = validate_manifest(call.arguments.structure("manifest", "invalid_manifest"))
    if problems:
        errors = [{"message": one.message, "pointer": one.pointer or "/"} for one in problems]
        raise SlackError("invalid_manifest", errors=errors)
    return {"errors": []}
