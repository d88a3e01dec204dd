"""The pattern in plain counts, never a score: facts in, numbers and their drawing out."""
