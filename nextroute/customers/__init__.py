"""Who is served and billed, and where: Customer, Property, Pause.

Owns the tables customers_*. Says whether a customer is pending, active, paused or canceled on a day.
May import tenancy and core.
"""
