"""Subscriptions: a channel or a person is told when tasks of certain kinds end."""
