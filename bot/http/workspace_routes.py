"""What is served for workspaces."""

from bot.http.handlers import workspaces
from bot.http.routing import Route
from bot.http.schemas import workspaces as models

SCOPE = "workspaces:write"
WORKSPACE_ROUTES = (
    Route(
        "POST",
        "/api/scheduling/slack/workspace",
        workspaces.connect_workspace,
        "Connect a workspace, or replace its token",
        "Workspaces",
        scope=SCOPE,
        body=models.ConnectWorkspace,
        answers={201: models.ShownWorkspace, 200: models.ShownWorkspace},
        creates=True,
    ),
    Route(
        "GET",
        "/api/scheduling/slack/test/{team_id}",
        workspaces.check_workspace,
        "Does its token still work?",
        "Workspaces",
        scope=SCOPE,
        answers={200: models.ShownWorkspace},
    ),
    Route(
        "DELETE",
        "/api/scheduling/slack/workspace/{team_id}",
        workspaces.disconnect_workspace,
        "Forget a workspace's token",
        "Workspaces",
        scope=SCOPE,
        answers={200: models.DisconnectedWorkspace},
    ),
)
