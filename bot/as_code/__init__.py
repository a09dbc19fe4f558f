"""Settings, templates, senders and reports kept as files: what differs, and storing it."""
