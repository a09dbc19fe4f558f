"""`python -m bot demo`: a local workspace with the bot and some real work."""
