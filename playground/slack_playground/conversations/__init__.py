"""What stands in conversations, and what the app and people do to it alike."""
