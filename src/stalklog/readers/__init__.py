"""Readers: a file a format that evidence comes in; they know no vault, and not each other."""
