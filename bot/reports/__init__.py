"""Scheduled reports: what is asked of a source, and what is said of the answer in Slack."""
