"""Every kind of block and element, family by family."""
