"""Compares tasks in trouble with other tasks and with their own history. Pure."""
