"""Whether a narrative may be published: its numerals, names, claims and advice."""
