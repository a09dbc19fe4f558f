"""Traces: what the bot did when, for OpenTelemetry."""
