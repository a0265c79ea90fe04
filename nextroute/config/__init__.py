"""How the parts are put together: settings, addresses, templates, servers, the command line.

Owns no rule. May import everything; nothing imports it but `links`, which audiences are handed, never import.
"""
