"""The table of all routes. The OpenAPI document is generated from it."""

from collections.abc import Iterator

from bot.http.alert_routes import ALERT_ROUTES
from bot.http.handlers import (
    callbacks,
    case_files,
    docs,
    health,
    installation,
    mcp,
    messages,
    tasks,
    templates,
    users,
    webhooks,
    workspaces,
)
from bot.http.leaderboard_routes import LEADERBOARD_ROUTES
from bot.http.report_routes import REPORT_ROUTES
from bot.http.route_types import ZIP_TYPE, Access, Route
from bot.http.schemas import installation as i
from bot.http.schemas import messages as m
from bot.http.schemas import tasks as t
from bot.http.schemas import templates as e
from bot.http.schemas import users as u
from bot.http.schemas import workspaces as w
from bot.http.schemas.health import Alive, Health, Ready
from bot.http.schemas.mcp import RpcMessage, RpcRefusal, RpcReply
from bot.http.schemas.message_fields import Code

#: Where the same is served, and what tells the operations apart.
_MESSAGE_ADDRESSES = {"/api/messages": "", "/core-slack-worker/messages": "_of_worker"}
READ_TASKS, WRITE_TASKS = "tasks:read", "tasks:write"
READ, WRITE = "messages:read", "messages:write"
WRITE_TEMPLATES, WRITE_WORKSPACES = "templates:write", "workspaces:write"
SIGNED, CALLBACK, PUBLIC = Access.SIGNED, Access.CALLBACK, Access.PUBLIC

# fmt: off
_TASK_ROUTES = (
    Route("POST", "/api/tasks", tasks.create_task, "Announce a task, and run it if asked to", "Tasks",
          scope=WRITE_TASKS, body=t.CreateTask, answers={201: t.CreatedTask, 200: t.CreatedTask}, creates=True),
    Route("GET", "/api/tasks", tasks.list_matching_tasks, "List tasks, the most recently changed first", "Tasks",
          scope=READ_TASKS, query=t.TaskFilter, answers={200: t.TaskPage}),
    Route("GET", "/api/tasks/{id}", tasks.show_task, "Show a task with the timeline of its message", "Tasks",
          scope=READ_TASKS, answers={200: t.ShownTaskWithTimeline}),
    Route("POST", "/api/tasks/{id}/retry", tasks.retry_task, "Start the next attempt", "Tasks",
          scope=WRITE_TASKS, body=t.RetryTask, answers={200: t.ShownTask}, creates=True),
    Route("POST", "/api/tasks/{id}/cancel", tasks.cancel_task, "End a task that is queued or running", "Tasks",
          scope=WRITE_TASKS, body=t.CancelTask, answers={200: t.ShownTask}),
    Route("POST", "/api/slack/update", callbacks.update_task, "Report on a task: the orchestrator's callback",
          "Callbacks", access=SIGNED, scope=WRITE_TASKS, body=t.UpdateTask, answers={200: t.Taken},
          is_urgent=callbacks.is_end),
    Route("POST", "/api/webhooks/{webhook}", webhooks.take_task_event, "Take another system's event", "Callbacks",
          access=Access.WEBHOOK, scope=WRITE_TASKS, body=t.ForeignEvent, answers={200: t.TakenTaskEvent}),
    Route("POST", "/api/tasks/{id}/heartbeat", callbacks.heartbeat_task, "Give a sign of life", "Callbacks",
          access=CALLBACK, scope=WRITE_TASKS, body=t.Heartbeat, answers={200: t.Taken}),
    Route("POST", "/api/tasks/{id}/logs", callbacks.log_task, "Bring log lines into the task's thread", "Callbacks",
          access=CALLBACK, scope=WRITE_TASKS, body=t.LogTask, answers={200: t.TakenLines}),
)


def _message_routes(address: str, alias: str) -> Iterator[Route]:
    """Yield what is served for messages at one address."""
    one = f"{address}/{{correlationId}}"
    for name, handler, summary, body in (
        ("request", messages.request_message, "Send a message", m.SendMessage),
        ("urgent", messages.request_urgent_message, "Send it first", m.SendMessage),
        ("schedule", messages.schedule_message, "Send it later", m.ScheduleMessage),
    ):
        yield Route("POST", f"{address}/{name}", handler, summary, "Messages",
                    scope=WRITE, body=body, answers={202: m.AcceptedMessage}, creates=True, is_busy=True, alias=alias)
    yield Route("POST", f"{address}/request/bulk", messages.request_messages, "Send many messages, all or none",
                "Messages", scope=WRITE, body=m.SendMessage, max_items=m.MAX_BULK,
                answers={202: m.AcceptedMessages}, creates=True, alias=alias)
    yield Route("GET", f"{address}/dead", messages.list_dead_messages, "List dead letters", "Messages",
                scope=READ, query=m.DeadFilter, answers={200: m.DeadPage}, alias=alias)
    yield Route("GET", f"{address}/stats", messages.show_stats, "Count messages by queue and state", "Messages",
                scope=READ, answers={200: m.Stats}, alias=alias)
    yield Route("GET", one, messages.show_message, "Show a message and its timeline", "Messages",
                scope=READ, answers={200: m.ShownMessage}, is_busy=True, alias=alias)
    yield Route("DELETE", one, messages.withdraw_message, "Take a message back", "Messages",
                scope=WRITE, answers={200: m.ChangedMessage}, alias=alias)
    yield Route("POST", f"{one}/replay", messages.replay_message, "Try a dead letter again", "Messages",
                scope=WRITE, body=m.ReplayMessage, answers={200: m.ChangedMessage}, alias=alias)


_TEMPLATE_ROUTES = (
    Route("GET", "/api/templates/{code}", templates.show_template, "Show a template", "Templates",
          scope=READ, answers={200: e.ShownTemplate}),
    Route("PUT", "/api/templates/{code}", templates.put_template, "Store a version of a template", "Templates",
          scope=WRITE_TEMPLATES, path_kinds={"code": Code}, body=e.PutTemplate, answers={201: e.ShownTemplate, 200: e.ShownTemplate}),
    Route("POST", "/api/templates/{code}/preview", templates.preview_template, "Draw a payload without sending it",
          "Templates", scope=READ, body=e.PreviewTemplate, answers={200: e.Preview}),
    Route("GET", "/api/senders/{code}", templates.show_sender, "Show a sender", "Templates",
          scope=READ, answers={200: e.ShownSender}),
    Route("PUT", "/api/senders/{code}", templates.put_sender, "Make or replace a sender", "Templates",
          scope=WRITE_TEMPLATES, path_kinds={"code": Code}, body=e.PutSender, answers={201: e.ShownSender, 200: e.ShownSender}),
)
_WORKSPACE_ROUTES = (
    Route("POST", "/api/scheduling/slack/workspace", workspaces.connect_workspace,
          "Connect a workspace, or replace its token", "Workspaces", scope=WRITE_WORKSPACES,
          body=w.ConnectWorkspace, answers={201: w.ShownWorkspace, 200: w.ShownWorkspace}, creates=True),
    Route("GET", "/api/scheduling/slack/test/{team_id}", workspaces.check_workspace, "Does its token still work?",
          "Workspaces", scope=WRITE_WORKSPACES, answers={200: w.ShownWorkspace}),
    Route("POST", "/api/workspaces/invitations", installation.invite_workspace,
          "Make a link that connects a workspace by OAuth", "Workspaces", scope=WRITE_WORKSPACES,
          body=i.InviteWorkspace, answers={201: i.ShownInvitation}),
    Route("GET", "/slack/install", installation.begin_installation, "Go to Slack with an invitation", "Workspaces", PUBLIC,
          query=i.InvitationQuery, answers={302: "text/html", 404: "text/html", 503: "text/html"}),
    Route("GET", "/slack/oauth_redirect", installation.finish_installation, "Come back from Slack", "Workspaces", PUBLIC,
          query=i.SlackAnswerQuery, answers={200: "text/html", 403: "text/html", 503: "text/html"}),
    Route("DELETE", "/api/scheduling/slack/workspace/{team_id}", workspaces.disconnect_workspace,
          "Forget a workspace's token", "Workspaces", scope=WRITE_WORKSPACES, answers={200: w.DisconnectedWorkspace}),
)
_USER_ROUTES = (
    Route("POST", "/api/users/registered", users.register_user, "Tell of a new user in the users channel", "Users",
          scope="users:write", body=u.RegisteredUser, answers={201: u.ToldUser, 200: u.ToldUser}, creates=True),
)
_CASE_FILE_ROUTES = (
    Route("GET", "/api/case-files/{id}", case_files.show_case_file, "Everything about a task, an alert or a message, as a zip",
          "Case files", scope=READ_TASKS, answers={200: ZIP_TYPE}),
)
_HEALTH_ROUTES = (
    Route("GET", "/healthz", health.show_alive, "Is the process up?", "Health", PUBLIC, answers={200: Alive}),
    Route("GET", "/readyz", health.show_ready, "Can it work: database, socket, lanes?", "Health", PUBLIC,
          answers={200: Ready, 503: Ready}),
    Route("GET", "/metrics", health.show_metrics, "Figures for Prometheus", "Health", PUBLIC,
          answers={200: "text/plain"}),
    Route("GET", "/api/health", health.show_health, "How is it, and why?", "Health", answers={200: Health}),
)
_ASSISTANT_ROUTES = (
    Route("POST", "/mcp", mcp.serve_mcp, "Model Context Protocol: tools for assistants", "Assistants", Access.SLACK,
          body=RpcMessage, answers={200: RpcReply, 202: "text/plain", 400: RpcRefusal, 404: RpcRefusal}),
)
_DOCS_ROUTES = (
    Route("GET", "/api/openapi.json", docs.show_openapi, "This description, for programs", "Reading", PUBLIC,
          answers={200: "application/json"}),
    Route("GET", "/api/docs", docs.show_docs, "This description, for people", "Reading", PUBLIC,
          answers={200: "text/html"}),
)
# fmt: on
ROUTES = (
    *_TASK_ROUTES,
    *ALERT_ROUTES,
    *LEADERBOARD_ROUTES,
    *(route for item in _MESSAGE_ADDRESSES.items() for route in _message_routes(*item)),
    *_TEMPLATE_ROUTES,
    *_WORKSPACE_ROUTES,
    *REPORT_ROUTES,
    *_USER_ROUTES,
    *_CASE_FILE_ROUTES,
    *_HEALTH_ROUTES,
    *_ASSISTANT_ROUTES,
    *_DOCS_ROUTES,
)
