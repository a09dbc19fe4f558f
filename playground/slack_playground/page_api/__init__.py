"""What the browser page and test controls call, under `/_playground/`."""
