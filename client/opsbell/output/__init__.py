"""What a command prints: passed on untouched, and read as a person would."""
