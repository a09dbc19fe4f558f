"""Alerts: failed, stuck, missed and lost tasks as incidents that people can act on."""
