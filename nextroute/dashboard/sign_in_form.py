"""What may be typed at the staff's way in."""

from django import forms
from django.utils.translation import gettext_lazy as _

from nextroute.core.emails import normalised_email
from nextroute.identity import passwords


class SignInForm(forms.Form):
    email = forms.CharField(
        label=_("Your e-mail"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "username", "autocapitalize": "none"}),
    )
    password = forms.CharField(
        label=_("Password"),
        max_length=passwords.LONGEST,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def clean_email(self) -> str:
        try:
            return normalised_email(self.cleaned_data["email"])
        except ValueError:
            raise forms.ValidationError(_("Write an e-mail address, such as ada@example.com.")) from None
