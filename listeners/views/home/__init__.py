"""App Home, and the forms it opens."""
