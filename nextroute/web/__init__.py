"""What every audience shares of HTTP, whoever asks: naming who may see an address, and where an asker is.

Owns no table, no page and no address. May import core and Django; the audiences (portal, api, …) import it, never each
other.
"""
