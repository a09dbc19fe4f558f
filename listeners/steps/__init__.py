"""Steps of Workflow Builder that the bot offers; docs/examples/workflow_step.json tells Slack."""

from slack_bolt.async_app import AsyncApp

from listeners.steps.run_task import handle_run_task_step


def register(app: AsyncApp) -> None:
    """Handle every step."""
    app.function("run_task")(handle_run_task_step)
