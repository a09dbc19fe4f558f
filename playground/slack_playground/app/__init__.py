"""The app: its manifest, how it comes into a workspace, and what it is handed there."""
