"""Clocks, waits by the clock, plans, and limits per minute."""
