"""What every audience shares of HTTP, whoever asks: naming who may see an address, where an asker is, what they speak.

Owns no table, no page and no address. May import tenancy, core and Django; the audiences (portal, dashboard,
api) import it, never each other.
"""
