"""What a check decides, and what it asks to decide it."""
