"""User: a person who works for one business or several, known by e-mail on the whole site."""

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import UUID7


class UserManager(BaseUserManager["User"]):
    """Django's: finds a user by the e-mail they sign in with."""


class User(AbstractBaseUser):
    """A person. What they may do, and where, is in their memberships: there are no permissions and no superusers.

    `password` is a salted hash in Django's format. Who is not `is_active` is let in nowhere.
    """

    last_login = None  # the trail knows, for each business by itself

    id = models.UUIDField(primary_key=True, db_default=UUID7(), editable=False)
    email = models.TextField(help_text="normalised: see normalised_email")
    name = models.TextField()
    is_active = models.BooleanField(default=True)

    objects = UserManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        constraints = [models.UniqueConstraint(fields=["email"], name="user_email")]

    def __str__(self) -> str:
        return self.name


def is_known(email: str) -> bool:
    """Whether somebody with this e-mail (normalised) works for any business, or did."""
    return User.objects.filter(email=email).exists()


def able(email: str) -> User | None:
    """Who may sign in with this e-mail (normalised), as far as is known without a business in scope."""
    return User.objects.filter(email=email, is_active=True).first()
