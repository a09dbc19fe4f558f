"""Sections of `opsbell.toml` that are used above the settings, one file each."""
