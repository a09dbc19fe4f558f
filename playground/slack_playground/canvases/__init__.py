"""Canvases: documents in sections, who may read and write them."""
