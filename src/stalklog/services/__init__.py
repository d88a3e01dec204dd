"""One function for each thing that a person wants done; joins the parts below."""
