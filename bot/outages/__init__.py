"""Tells once, after the bot or Slack was away, from when to when and what it meant."""
