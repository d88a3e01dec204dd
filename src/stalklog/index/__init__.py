"""Find words in everything that was read: an index in SQLite, derived, safe to delete."""
