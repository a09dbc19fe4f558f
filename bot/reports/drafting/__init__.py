"""A report before it is stored: what is sent, where it goes, what it asks, and when."""
