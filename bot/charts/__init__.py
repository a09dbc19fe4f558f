"""Charts, as every room shows them: natively, or as pictures where Slack draws none."""
