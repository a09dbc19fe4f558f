"""How each kind of database is read: inside a worker process, and never written."""
