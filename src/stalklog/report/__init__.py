"""Reports: one frozen model of what the vault holds, and a writer for each format."""
