"""Figures that cannot be invented: computed values, references to them, and the checker."""
