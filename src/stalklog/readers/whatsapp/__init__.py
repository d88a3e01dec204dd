"""What WhatsApp writes when a chat is exported: a text that is specified nowhere."""
