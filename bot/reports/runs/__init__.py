"""Runs of reports: when they are due, who has them, what they do, and how they end."""
