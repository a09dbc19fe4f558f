"""People who registered with one of the tenant's applications."""
