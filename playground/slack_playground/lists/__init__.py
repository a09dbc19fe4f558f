"""Lists: rows with typed cells."""
