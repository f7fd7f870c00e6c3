"""Tables, questions and actions, on SQLite and on PostgreSQL."""
