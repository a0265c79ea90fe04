"""The tenant: Business with its settings of what customers may do, and its Branding.

Owns the tables tenancy_*. Every other row of the system belongs to one business.
May import core only.
"""
