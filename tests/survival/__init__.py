"""What survives when a real process is killed in the middle of its work: the server's writes, and a migration.

`log_writers` are people who log visits over HTTP, `kept_visits` judges what the database kept of it; `unsaved_copy` is
a server that loses what it acknowledged, to show that the judge sees it. `generated_rows` fills every table of any
revision, `standing_schema` says what a database looks like, `dying_upgrade` is a migration that ends at a given moment.
"""
