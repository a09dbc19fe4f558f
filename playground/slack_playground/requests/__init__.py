"""A request on its way in and its answer on the way out."""
