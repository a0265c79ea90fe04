"""The look, and no business: pages, components (Jinja macros), styles, and words for days and money.

Owns the page shell, the stylesheet, icons, the display font, the filters every template uses, and the
pages shown when something is missing or broken. What it draws is handed in by the audiences; it reads no row.
May import web, tenancy (for whose page it is), core, Django, Jinja2 and Babel; never another capability or an audience.
"""
