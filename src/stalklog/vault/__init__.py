"""The only place that writes inside a vault."""
