"""The settings of the event bus, read with the rest of `opsbell.toml`."""
