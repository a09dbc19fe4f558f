"""Databases that reports and leaderboards may read, and never write."""
