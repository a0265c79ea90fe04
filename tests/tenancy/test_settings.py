"""Business settings by name and text."""

from pathlib import Path

import pytest

import nextroute
from nextroute.core import scope
from nextroute.core.actors import SYSTEM
from nextroute.core.errors import Refused
from nextroute.tenancy import businesses, settings

RUNNING = Path(nextroute.__file__).parents[1] / "docs" / "running.md"
BRIGHT = {"name": "Bright Bins", "timezone": "America/Denver"}


@pytest.mark.django_db
def test_a_business_is_found_by_its_slug_and_by_nothing_else() -> None:
    made = settings.create("bright-bins", BRIGHT, actor=SYSTEM)
    assert businesses.find("bright-bins") == made
    assert businesses.find("bright") is None
    assert not businesses.Business.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("timezone", "Mars/Olympus"),
        ("currency", "usd"),
        ("working_days", "mon-funday"),
        ("working_days", ""),
        ("primary_color", "teal"),
        ("phone", "12"),
        ("default_tax_rate", "101"),
        ("default_tax_rate", "NaN"),
        ("auto_generate_days", "1.5"),
        ("hold_max_days", "0"),
        ("name", ""),
        ("slug", "x"),
        ("generated_through", "2026-01-01"),
        ("billed_through", "2026-01-01"),
        ("auto_send", "yes"),
        ("flat_billing", "now"),
        ("payment_instructions", "x" * 501),
        ("locale", "de-AT"),
        ("email", "nobody"),
    ],
)
def test_a_setting_that_makes_no_sense_is_refused_by_name(name: str, text: str) -> None:
    made = settings.create("bright-bins", BRIGHT, actor=SYSTEM)
    with pytest.raises(Refused) as refused:
        settings.change(made, {name: text}, actor=SYSTEM)
    assert refused.value.field == name


@pytest.mark.django_db
def test_settings_read_as_the_field_writes_them() -> None:
    made = settings.create("bright-bins", BRIGHT, actor=SYSTEM)
    wanted = {
        "working_days": "sat-mon",
        "primary_color": "#FACC15",
        "phone": "+1 303 555 0142",
        "name": "Bright Bins",
        "auto_send": "On",
        "show_drafts": "on",
    }
    changed = settings.change(made, wanted, actor=SYSTEM)
    assert changed == ["phone", "working_days", "auto_send", "primary_color"]
    with scope.business(made.id):
        again = businesses.Business.objects.select_related("branding").get()
    assert again.working_days == [1, 6, 7]
    assert again.branding.primary_color == "#facc15"
    assert again.phone == "+13035550142"


@pytest.mark.django_db
def test_a_slug_is_given_once() -> None:
    settings.create("bright-bins", BRIGHT, actor=SYSTEM)
    with pytest.raises(Refused) as refused:
        settings.create("bright-bins", BRIGHT, actor=SYSTEM)
    assert refused.value.field == "slug"


def test_every_setting_is_explained() -> None:
    assert [name for name in settings.NAMES if name not in RUNNING.read_text()] == []
