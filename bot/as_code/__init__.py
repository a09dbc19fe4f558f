"""Templates and senders kept as files: what differs from the database, and storing it."""
