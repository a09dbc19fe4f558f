"""Model Context Protocol: what assistants may ask Opsbell."""
