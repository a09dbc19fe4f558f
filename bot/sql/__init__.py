"""
Tools for SQL that runs often, each for one need. Ordinary queries use SQLModel directly.

* `statements`: a statement that runs many times a second; it is compiled once.
* `many_rows`: inserts or updates of many rows in one call.
* `group_commit`: many callers with small writes share transactions.
* `partial_index`: an index on the few rows that a query looks for.
* `fast_json`: JSON columns that are written or read for every message.
* `tables`: a model's table, typed.
"""
