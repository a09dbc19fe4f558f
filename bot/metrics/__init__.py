"""Metrics that are defined once: planned from words, rendered as SQL, asked of a source."""
