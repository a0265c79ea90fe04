"""Who did what to which thing, when, from where: written once, never changed.

Owns the tables audit_*: entries, details (personal values, which retention may delete), seals (a hash chain a job
appends) and the queue of what is not sealed yet. docs/rules/audit.md. It refers to nothing above it, so that what an
entry is about may go and the entry stays. May import core.
"""
