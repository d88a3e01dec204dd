"""What is written down: frozen records, how they are read from what was typed, and shown."""
