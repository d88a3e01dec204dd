"""Logs of IRC, as its programs write them: a line for each thing that is said or happens."""
