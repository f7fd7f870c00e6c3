"""What people do, with the rows it leaves behind, on SQLite and on PostgreSQL."""
