"""Tasks in the tables of other systems."""
