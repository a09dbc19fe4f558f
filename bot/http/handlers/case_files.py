"""Case files: everything about one task, alert or message."""

from bot.case_files.service import file_name
from bot.errors import ForbiddenError
from bot.http.route_types import ZIP_TYPE, Call, Response

#: What is in a case file; the first is the route's.
_SCOPES = ("tasks:read", "alerts:read", "messages:read")


async def show_case_file(call: Call) -> Response:
    """
    Return a zip, without secrets, about a task, an alert or a message by its id.

    A task's has its alerts and messages in it, so that the token needs `alerts:read` and
    `messages:read`, too.
    """
    lacking = next((scope for scope in _SCOPES if not call.caller.may(scope)), None)
    if lacking:
        raise ForbiddenError(f"The token lacks the scope `{lacking}`.")
    case = await call.services.case_files.build(call.caller.tenant, call.path["id"])
    headers = {"Content-Disposition": f'attachment; filename="{file_name(case)}"'}
    return Response(case.content, headers=headers, content_type=ZIP_TYPE)
