"""Modals and answers about reports."""
