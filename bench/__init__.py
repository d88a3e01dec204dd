"""How fast stalklog is, beside the tools a person would otherwise take: run by `make bench`."""
