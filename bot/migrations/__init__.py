"""The migrations: `versions/` has one file per step, applied by `Database.migrate`."""
