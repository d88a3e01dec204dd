"""What saved pages and web archives share."""
