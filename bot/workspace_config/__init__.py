"""Who may do what, and where messages go, in each workspace: read with `opsbell.toml`."""
