"""The schema's history; `versions/` holds a file per step, applied by `Database.migrate`."""
