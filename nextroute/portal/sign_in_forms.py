"""What may be typed at the way in: an e-mail address, a password, six digits."""

import re

from django import forms
from django.utils.translation import gettext_lazy as _

from nextroute.core.emails import normalised_email
from nextroute.identity import passwords
from nextroute.identity.ask_secrets import DIGITS

LONGEST_EMAIL = 254
LINK, PASSWORD, NEW_PASSWORD = "link", "password", "new-password"


class EmailForm(forms.Form):
    """Where to mail a link."""

    email = forms.CharField(
        label=_("Your e-mail"),
        max_length=LONGEST_EMAIL,
        widget=forms.EmailInput(attrs={"autocomplete": "username", "autocapitalize": "none"}),
    )

    def clean_email(self) -> str:
        try:
            return normalised_email(self.cleaned_data["email"])
        except ValueError:
            raise forms.ValidationError(_("Write an e-mail address, such as ada@example.com.")) from None


class SignInForm(EmailForm):
    """The business's own door: its buttons say which of the ways it is."""

    password = forms.CharField(
        label=_("Password"),
        max_length=passwords.LONGEST,
        strip=False,
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    @property
    def way(self) -> str:
        """The button that was pressed. Enter presses none of them: then it is what was filled in."""
        pressed = self.data.get("way", "")
        if pressed in (LINK, PASSWORD, NEW_PASSWORD):
            return str(pressed)
        return PASSWORD if self.data.get("password") else LINK

    def clean(self) -> None:
        if self.way == PASSWORD and not self.data.get("password"):
            self.add_error("password", _("Write your password, or have a link e-mailed to you."))


class CodeForm(forms.Form):
    """Six digits, however they are set apart."""

    code = forms.CharField(
        label=_("Or type the six digits we sent"),
        max_length=20,
        help_text=_("Handy when the e-mail is on another device."),
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )

    def clean_code(self) -> str:
        digits = re.sub(r"[\s.\-\u2010-\u2015]", "", str(self.cleaned_data["code"]))
        if not re.fullmatch(rf"[0-9]{{{DIGITS}}}", digits):
            raise forms.ValidationError(_("The code has six digits."))
        return digits
