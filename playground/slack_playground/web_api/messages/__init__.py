"""The methods about messages."""
