"""stalklog keeps the record of a stalking case: evidence, threats, contacts, and their proof."""

__version__ = "0.1.0"
