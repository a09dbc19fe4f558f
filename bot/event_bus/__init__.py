"""
The event bus: requests arrive from and events leave to NATS, Redis, RabbitMQ or Kafka.

An extra: without `[bus]` in `opsbell.toml` nothing of it runs, and FastStream is not loaded.
"""
