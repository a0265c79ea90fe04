"""Saved cards and bank accounts, and autopay: what is charged while nobody is there. The rule: docs/rules/autopay.md.

Owns the tables billing_stripecustomer, billing_savedmethod, billing_setup, billing_mandate, billing_announcement and
billing_autopaytry. Payments made here are payments like any other (`payments.py`), followed as they are.
"""
