"""Where a message came from, as far as its header can show it: each statement with its doubt.

Pure: fields of a header in, a frozen result out. It knows no vault, no reader and no network.
"""
