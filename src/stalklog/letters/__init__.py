"""Letters from templates: a template and facts in, a text and its blanks out; it knows no vault."""
