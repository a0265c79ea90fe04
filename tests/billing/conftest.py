"""Bright Bins with a dispatched route of past visits, and short words for what happens to money."""
