"""What tasks in trouble have in common with others, and with their own past. Pure."""
