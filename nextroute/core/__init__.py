"""What everything stands on: days, money, scopes, table classes, files, pictures, actors, errors.

Owns no table of its own and knows no business word beyond the scope of a row.
May import Django and the standard library; never another package of this project.
"""
