"""The way to the app: sockets, and the events that travel on them."""
