"""Finding what was said: queries as people type them, and the messages that fit."""
