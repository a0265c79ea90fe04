"""What customers see: sign-in, home, schedule, history. Function views and the templates beside them.

Owns no table and no rule: a page reaches rows through `request.customer` and asks the capabilities below.
May import everything below ui; never another audience.
"""
