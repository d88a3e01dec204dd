"""Make what strangers wrote safe to show, in one place."""
