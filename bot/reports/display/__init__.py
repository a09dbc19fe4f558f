"""Reports as people see them: messages, charts, tables, pictures and files. Pure."""
