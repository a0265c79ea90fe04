"""The template engine: Jinja2 with escaping on, a misspelt name an error, gettext, and ui's filters."""

from typing import Any

from django.template.backends.jinja2 import Jinja2
from django.templatetags.static import static
from django.utils.translation import gettext, ngettext, npgettext, pgettext
from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from nextroute.ui import filters


class Templates(Jinja2):
    """Django's backend, finding each application's templates in `templates/`, as Django's own engine does."""

    app_dirname = "templates"


def environment(**options: Any) -> Environment:
    """The environment Templates renders in; `options` are the backend's OPTIONS."""
    extensions = ["jinja2.ext.i18n", *options.pop("extensions", [])]
    options |= {"undefined": StrictUndefined, "trim_blocks": True, "lstrip_blocks": True}
    options.pop("autoescape", None)  # never off
    made = Environment(autoescape=True, extensions=extensions, **options)
    made.policies["ext.i18n.trimmed"] = True
    made.install_gettext_callables(  # type: ignore[attr-defined] # added by the extension
        gettext, ngettext, newstyle=True, pgettext=pgettext, npgettext=npgettext
    )
    made.filters.update(filters.FILTERS)
    made.globals.update(static=static, when=filters.when, gettext=_said, _=_said)
    return made


def _said(text: str, **variables: object) -> Markup:
    """The text in the reader's language, with the variables put in. Jinja2's own goes through the template's context
    three times for each, and there are a hundred on a page.
    """
    words = gettext(text)
    return Markup(words) % variables if variables or "%" in words else Markup(words)  # noqa: S704 - our own texts
