import re

from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po

from tests.ui.rendering import PACKAGE

PLACE = re.compile(r"%\(\w+\)s")


def _written() -> set[str]:
    """The first form of every text in the package that gettext translates."""
    with (PACKAGE / "locale" / "babel.cfg").open() as config:
        methods, options = parse_mapping_cfg(config)  # type: ignore[no-untyped-call]
    late = DEFAULT_KEYWORDS | {"gettext_lazy": None}
    found = extract_from_dir(PACKAGE, method_map=methods, options_map=options, keywords=late)
    return {_forms(text)[0] for _, _, text, _, _ in found}


def _forms(text: object) -> list[str]:
    """A text's only form, or its singular and plural."""
    return [text] if isinstance(text, str) else [*text] if isinstance(text, list | tuple) else []


def test_everything_a_customer_reads_exists_in_spanish() -> None:
    with (PACKAGE / "locale" / "es" / "LC_MESSAGES" / "django.po").open("rb") as file:
        spanish = {_forms(message.id)[0]: message for message in read_po(file) if message.id}
    assert _written() - spanish.keys() == set(), "not translated"
    assert spanish.keys() - _written() == set(), "translated, but said nowhere"
    for english, message in spanish.items():
        assert _forms(message.string), english
        for said in _forms(message.string):
            assert said, english
            assert set(PLACE.findall(said)) == set(PLACE.findall(english)), english
