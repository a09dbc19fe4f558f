"""Calls that are made at once: messages, callbacks, new users, alerts."""
