"""
Slack's two text formats as HTML that is safe to put into a page.

Whatever the text, the HTML holds only the tags named in `html.py`, and the
only attribute that comes out of it unchanged is a checked link.
"""

from slack_playground.drawing.markdown import draw_markdown
from slack_playground.drawing.mrkdwn import draw_mrkdwn
from slack_playground.drawing.names import Names

__all__ = ["Names", "draw_markdown", "draw_mrkdwn"]
