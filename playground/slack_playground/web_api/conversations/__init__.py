"""The methods about conversations."""
