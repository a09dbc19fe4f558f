"""Task boards: one message per channel that lists its live tasks."""
