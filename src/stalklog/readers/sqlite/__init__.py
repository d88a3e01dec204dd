"""SQLite databases read page by page, by code of our own: no SQL of a stranger is ever run."""
