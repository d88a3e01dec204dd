"""The only place that knows a screen."""
