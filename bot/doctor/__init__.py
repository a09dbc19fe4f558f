"""`python -m bot doctor`: what keeps the bot from working well, and the fix."""
