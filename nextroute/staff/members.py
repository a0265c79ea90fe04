"""Membership: who works for a business, and as what."""

from typing import TYPE_CHECKING, Self

from django.db import IntegrityError, models, transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from nextroute.audit.recording import record
from nextroute.audit.verbs import Verb
from nextroute.core import scope
from nextroute.core.actors import Actor
from nextroute.core.emails import normalised_email
from nextroute.core.errors import Refused
from nextroute.core.rows import BusinessRow
from nextroute.core.verbs import verb
from nextroute.staff.users import User

if TYPE_CHECKING:
    from nextroute.tenancy.businesses import Business


class Role(models.TextChoices):
    OWNER = "owner", _("Owner")
    DISPATCHER = "dispatcher", _("Dispatcher")
    DRIVER = "driver", _("Driver")


OFFICE = (Role.OWNER, Role.DISPATCHER)


class MembershipQuerySet(models.QuerySet["Membership"]):
    def of(self, email: str) -> Self:
        return self.filter(user__email=email)

    def owners_locked(self) -> Self:
        """Two owners who remove each other at once wait here, so that one stays."""
        return self.filter(role=Role.OWNER).order_by("pk").select_for_update()


class Membership(BusinessRow):
    """A user works for a business, in a role."""

    user = models.ForeignKey("staff.User", models.PROTECT, db_constraint=False, related_name="memberships")
    role = models.TextField(choices=Role)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["business", "user"], name="membership_once"),
            models.CheckConstraint(condition=models.Q(role__in=Role.values), name="membership_role"),
        ]

    def __str__(self) -> str:
        return f"{self.user}, {self.get_role_display()}"


@verb
def add(*, business: "Business", email: str, name: str, role: Role, password: str = "", actor: Actor) -> Membership:
    """Let a person work for the business. Nobody is told by mail: whoever adds them hands the password over.

    `password` is a hash, of a password that was judged by who hands it in; it is for a person who is new to the site:
    who works for another business already keeps name and password. Raises Refused (field "email", "name", "password").
    """
    email = _readable(email)
    with scope.business(business.pk):
        if Membership.objects.of(email).exists():
            raise Refused(gettext("%(email)s works here already.") % {"email": email}, field="email")
        user = User.objects.filter(email=email).first() or _made(email, name, password)
        made = Membership.objects.create(business=business, user=user, role=role)
        _note(Verb.STAFF_ADDED, made, actor)
    return made


@verb
def remove(*, business: "Business", email: str, actor: Actor) -> None:
    """End a person's work for the business: their next click there shows nothing more. Raises Refused (field "email").

    The person stays, because the trail names them, and so do their other businesses.
    """
    with scope.business(business.pk):
        gone = _found(email)
        if gone.role == Role.OWNER and len(Membership.objects.owners_locked()) == 1:
            raise Refused(gettext("They are the only owner. Add another one first."), field="email")
        _note(Verb.STAFF_REMOVED, gone, actor)
        gone.delete()


@verb
def set_password(*, business: "Business", email: str, password: str, actor: Actor) -> Membership:
    """Give somebody who works for the business another password (a hash); it ends their sessions, wherever they work.

    For whoever runs the site: it opens their other businesses, too. Raises Refused (field "email").
    """
    with scope.business(business.pk):
        member = _found(email)
        User.objects.filter(pk=member.user_id).update(password=password)
        _note(Verb.STAFF_PASSWORD_SET, member, actor)
    return member


def every(business: "Business") -> list[Membership]:
    """Who works for the business, by name; in a transaction of its own."""
    with transaction.atomic(), scope.business(business.pk):
        return list(Membership.objects.select_related("user").order_by("user__name", "user__email"))


def _found(email: str) -> Membership:
    found = Membership.objects.of(_readable(email)).select_related("user").first()
    if found is None:
        raise Refused(gettext("Nobody with that e-mail works here."), field="email")
    return found


def _readable(email: str) -> str:
    try:
        return normalised_email(email)
    except ValueError:
        raise Refused(gettext("Write an e-mail address, such as ada@example.com."), field="email") from None


def _made(email: str, name: str, password: str) -> User:
    if not name.strip():
        raise Refused(gettext("Say what they are called."), field="name")
    if not password:
        raise Refused(gettext("Give them a password to begin with."), field="password")
    try:
        with transaction.atomic():
            return User.objects.create(email=email, name=name.strip(), password=password)
    except IntegrityError:  # added to another business a moment ago
        return User.objects.get(email=email)


def _note(verb: Verb, member: Membership, actor: Actor) -> None:
    record(
        verb,
        actor=actor,
        business_id=member.business_id,
        subject=member,
        label=member.role,
        detail={"name": member.user.name, "email": member.user.email, "user": member.user_id},
    )
