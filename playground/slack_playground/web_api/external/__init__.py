"""What lives in another service: remote files and calls."""
