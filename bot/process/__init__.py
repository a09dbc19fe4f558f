"""What the process asks of the operating system: private files, locks, secrets from files."""
