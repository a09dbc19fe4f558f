"""Which file of a folder each template, sender and report was applied from."""
