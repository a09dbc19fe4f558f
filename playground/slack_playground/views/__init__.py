"""Modals and App Home, and what people fill in there."""
