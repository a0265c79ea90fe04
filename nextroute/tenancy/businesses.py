"""Business: the tenant, and what it lets its customers do."""

import zoneinfo
from datetime import UTC, date, datetime
from functools import cache
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.core.validators import (
    EmailValidator,
    MaxLengthValidator,
    MaxValueValidator,
    MinValueValidator,
    RegexValidator,
)
from django.db import connection, models, transaction
from django.db.models.functions import UUID7

from nextroute.core import scope, words

LOCALES = ("en-US", "en-GB", "en-CA", "es-US", "es-ES", "es-MX")

is_slug = RegexValidator(r"^[a-z0-9]+(-[a-z0-9]+)*\Z", "Use small letters, digits and single hyphens.")
is_currency = RegexValidator(r"^[A-Z]{3}\Z", "Use a three-letter ISO 4217 code, such as USD.")


@cache
def _timezones() -> set[str]:
    """Reading all their files takes some milliseconds."""
    return zoneinfo.available_timezones()


def is_timezone(name: str) -> None:
    if name not in _timezones():
        raise ValidationError("Use an IANA time zone, such as America/Denver.")


def monday_to_friday() -> list[int]:
    return [1, 2, 3, 4, 5]


def is_working_week(days: list[int]) -> None:
    if not days or sorted(set(days)) != days or not set(days) <= set(range(1, 8)):
        raise ValidationError("Use at least one weekday, each once, from 1 (Monday) to 7 (Sunday).")


# What customers may do by themselves, and what they get for a visit of a flat plan that falls away
# (permissions.py, docs/rules/holds.md).
MODES = ("off", "instant", "approval")
HOLD_CREDITS = ("prorated", "none")
# When plans that are paid by the month are billed: for the month that is over, or for the one to come.
FLAT_BILLINGS = ("in_arrears", "in_advance")
_MODES = [(mode, mode) for mode in MODES]


def _hours_of_notice(default: int) -> "models.SmallIntegerField[int, int]":
    return models.SmallIntegerField(
        default=default,
        validators=[MinValueValidator(0), MaxValueValidator(24 * 60)],
        help_text="hours before the local midnight that begins the service day",
    )


class Business(models.Model):
    """One service company. Money is in its `currency`, dates are local to its `timezone` (IANA)."""

    id = models.UUIDField(primary_key=True, db_default=UUID7(), editable=False)
    slug = models.TextField(validators=[is_slug])
    name = models.TextField()
    timezone = models.TextField(validators=[is_timezone])
    currency = models.TextField(default="USD", validators=[is_currency])
    locale = models.TextField(default="en-US", choices=[(code, code) for code in LOCALES])
    email = models.TextField(blank=True, default="", validators=[EmailValidator()])
    phone = models.TextField(blank=True, default="", help_text="E.164")
    address = models.TextField(blank=True, default="")

    default_tax_rate = models.DecimalField(
        max_digits=6, decimal_places=3, default=0, validators=[MinValueValidator(0), MaxValueValidator(100)]
    )
    payment_terms_days = models.SmallIntegerField(default=0, validators=[MinValueValidator(0), MaxValueValidator(365)])
    working_days = ArrayField(models.SmallIntegerField(), default=monday_to_friday, validators=[is_working_week])
    auto_generate_days = models.SmallIntegerField(default=7, validators=[MinValueValidator(0), MaxValueValidator(60)])
    hold_min_days = models.SmallIntegerField(default=1, validators=[MinValueValidator(1), MaxValueValidator(366)])
    hold_max_days = models.SmallIntegerField(default=90, validators=[MinValueValidator(1), MaxValueValidator(366)])
    hold_days_per_year = models.SmallIntegerField(
        null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(366)], help_text="none: no limit"
    )
    hold_credit = models.TextField(default="prorated", choices=[(c, c) for c in HOLD_CREDITS])
    hold_mode = models.TextField(default="instant", choices=_MODES)
    hold_notice_hours = _hours_of_notice(24)
    skip_mode = models.TextField(default="instant", choices=_MODES)
    skip_notice_hours = _hours_of_notice(24)
    extra_mode = models.TextField(default="approval", choices=_MODES)
    extra_notice_hours = _hours_of_notice(48)
    plan_change_mode = models.TextField(default="approval", choices=_MODES)
    cancellation_mode = models.TextField(default="approval", choices=_MODES)
    cancellation_notice_days = models.SmallIntegerField(
        default=7, validators=[MinValueValidator(0), MaxValueValidator(366)]
    )
    flat_billing = models.TextField(default="in_arrears", choices=[(c, c) for c in FLAT_BILLINGS])
    auto_send = models.BooleanField(default=False, help_text="a month's invoices are sent as soon as they are drafted")
    show_drafts = models.BooleanField(default=True, help_text="customers see invoices that are not sent yet")
    payment_instructions = models.TextField(
        blank=True,
        default="",
        validators=[MaxLengthValidator(500)],
        help_text="how to pay but online, such as by check",
    )
    reminder_hour = models.SmallIntegerField(
        default=17,
        validators=[MinValueValidator(0), MaxValueValidator(23)],
        help_text="of the day before a visit, in the business's zone",
    )
    session_idle_minutes = models.IntegerField(
        default=60, validators=[MinValueValidator(15), MaxValueValidator(30 * 24 * 60)]
    )

    generated_through = models.DateField(null=True, editable=False, help_text="the last day routes were made for")
    closed_through = models.DateField(null=True, editable=False, help_text="the last day whose record is complete")

    billed_through = models.DateField(null=True, editable=False, help_text="the last day of the last month billed")
    reminded_through = models.DateField(null=True, editable=False, help_text="the last day reminders were owed for")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["slug"], name="business_slug_once"),
            models.CheckConstraint(condition=models.Q(slug__regex=r"^[a-z0-9]+(-[a-z0-9]+)*$"), name="business_slug"),
            models.CheckConstraint(condition=models.Q(currency__regex=r"^[A-Z]{3}$"), name="business_currency"),
            *(
                models.CheckConstraint(
                    condition=models.Q(**{f"{action}_mode__in": MODES}), name=f"business_{action}_mode"
                )
                for action in ("hold", "skip", "extra", "plan_change", "cancellation")
            ),
            models.CheckConstraint(condition=models.Q(hold_credit__in=HOLD_CREDITS), name="business_hold_credit"),
            models.CheckConstraint(condition=models.Q(flat_billing__in=FLAT_BILLINGS), name="business_flat_billing"),
            models.CheckConstraint(
                condition=models.Q(hold_min_days__gte=1, hold_max_days__gte=models.F("hold_min_days")),
                name="business_hold_days",
                violation_error_message="hold_max_days must be at least hold_min_days.",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def phone_display(self) -> str:
        """As its customers write it: (303) 555-0142."""
        return words.phone(self.phone, self.locale.partition("-")[2])

    def today(self, now: datetime) -> date:
        """The local calendar date at an instant."""
        return self.here(now).date()

    def here(self, now: datetime) -> datetime:
        """The local time at an instant."""
        return now.astimezone(zoneinfo.ZoneInfo(self.timezone))


def utc_now() -> datetime:
    """The edges (requests, commands, jobs) ask the clock here once and hand the answer down."""
    return datetime.now(UTC)


def find(slug: str) -> Business | None:
    """The business with this slug, found before anything else is known about the asker."""
    with transaction.atomic(), scope.presenting(slug):
        return Business.objects.filter(slug=slug).first()


def get(key: UUID) -> Business:
    """The business with this key, for a job that is told it. Raises Business.DoesNotExist."""
    with transaction.atomic(), scope.business(key):
        return Business.objects.get(id=key)


def every() -> list[Business]:
    """All businesses, by slug: for the command line and cron, which fan out over them."""
    with connection.cursor() as cursor, transaction.atomic():
        cursor.execute("SELECT slug FROM nextroute_business_slugs() AS slug ORDER BY slug")
        slugs = [slug for (slug,) in cursor.fetchall()]
    return [business for slug in slugs if (business := find(slug))]
