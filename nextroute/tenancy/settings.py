"""Creating a business and changing its settings, by name and text, for the command line and imports."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, models, transaction

from nextroute.audit.recording import record
from nextroute.audit.verbs import Verb
from nextroute.core import scope
from nextroute.core.actors import Actor
from nextroute.core.errors import Refused
from nextroute.core.phones import e164
from nextroute.tenancy.branding import Branding
from nextroute.tenancy.businesses import Business

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_NOT_SETTINGS = {"id", "slug", "generated_through", "closed_through", "billed_through", "reminded_through"}
_OF_BUSINESS = tuple(f.name for f in Business._meta.concrete_fields if f.name not in _NOT_SETTINGS)
_OF_BRANDING = ("primary_color", "accent_color")
NAMES = (*_OF_BUSINESS, *_OF_BRANDING)


def create(slug: str, settings: Mapping[str, str], *, actor: Actor) -> Business:
    """Make a business with these settings (texts by name). Raises Refused, naming the setting as its field."""
    with transaction.atomic():
        business = Business(id=_new_key(), slug=slug)
        branding = Branding(business=business)
        _fill(business, branding, settings)
        with scope.business(business.id):
            try:
                with transaction.atomic():
                    business.save(force_insert=True)
            except IntegrityError as fault:
                raise Refused(f"There is a business “{slug}” already.", field="slug") from fault
            branding.save(force_insert=True)
            record(Verb.BUSINESS_CREATED, actor=actor, business_id=business.id, subject=business, label=slug)
    return business


def change(business: Business, settings: Mapping[str, str], *, actor: Actor) -> list[str]:
    """Change these settings (texts by name); returns the names that differ now. Raises Refused as `create` does."""
    with transaction.atomic(), scope.business(business.id):
        fresh = Business.objects.select_for_update(no_key=True).get(id=business.id)
        branding = Branding.objects.get(business=business)
        before = _values(fresh, branding)
        _fill(fresh, branding, settings)
        changed = [name for name, value in _values(fresh, branding).items() if before[name] != value]
        if changed:
            fresh.save(update_fields=_OF_BUSINESS)
            branding.save(update_fields=_OF_BRANDING)
            after = _values(fresh, branding)
            record(
                Verb.BUSINESS_CHANGED,
                actor=actor,
                business_id=business.id,
                subject=business,
                label=business.slug,
                changed=changed,
                detail={name: {"was": str(before[name]), "is": str(after[name])} for name in changed},
            )
    return changed


def _new_key() -> UUID:
    with connection.cursor() as cursor:
        cursor.execute("SELECT uuidv7()")
        row = cursor.fetchone()
    assert row is not None
    key: UUID = row[0]
    return key


def _values(business: Business, branding: Branding) -> dict[str, Any]:
    return {name: getattr(branding if name in _OF_BRANDING else business, name) for name in NAMES}


def _fill(business: Business, branding: Branding, settings: Mapping[str, str]) -> None:
    for name, text in settings.items():
        if name not in NAMES:
            raise Refused(f"There is no setting “{name}”. Settings: {', '.join(NAMES)}.", field=name)
        row: models.Model = branding if name in _OF_BRANDING else business
        try:
            setattr(row, name, _read(row, name, text.strip()))
        except ValidationError as fault:
            raise Refused(" ".join(fault.messages), field=name) from fault
    for row in (business, branding):
        try:
            # Uniqueness of the slug is asked under its own key: here the business is not in scope yet.
            row.full_clean(exclude=["id", "slug", "business"] if row is branding else ["id"], validate_unique=False)
        except ValidationError as fault:
            field, messages = next(iter(fault.message_dict.items()))
            raise Refused(" ".join(messages), field="" if field == "__all__" else field) from fault


def _read(row: models.Model, name: str, text: str) -> Any:
    if name == "working_days":
        return _working_days(text)
    if name == "phone":
        return _phone(text)
    if name in _OF_BRANDING:
        text = text.lower()
    field = row._meta.get_field(name)
    if isinstance(field, models.BooleanField):
        return _switch(text)
    return None if field.null and text in ("", "none") else field.to_python(text)  # type: ignore[union-attr]


def _working_days(text: str) -> list[int]:
    """`mon-fri`, `mon,wed,fri`, `sat-mon` (wraps) -> ISO weekdays in order."""
    days: set[int] = set()
    try:
        for part in text.lower().split(","):
            first, _, last = part.strip().partition("-")
            start, end = WEEKDAYS.index(first), WEEKDAYS.index(last or first)
            days |= {(start + n) % 7 + 1 for n in range((end - start) % 7 + 1)}
    except ValueError:
        raise ValidationError("Use weekdays such as mon-fri or mon,wed,fri.") from None
    return sorted(days)


def _switch(text: str) -> bool:
    if text.lower() not in ("on", "off"):
        raise ValidationError("Use on or off.")
    return text.lower() == "on"


def _phone(text: str) -> str:
    try:
        return e164(text)
    except ValueError:
        raise ValidationError("Use an international number, such as +13035550142.") from None
