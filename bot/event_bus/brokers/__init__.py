"""One module per broker; each is loaded only if it is the one of `[bus]`."""
