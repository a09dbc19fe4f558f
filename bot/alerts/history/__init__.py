"""What checks found, recorded, so that other rules can be tried on it."""
