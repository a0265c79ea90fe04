"""Forms of pages that show what will happen before it does: looked at again and again before they are sent."""

from collections.abc import Mapping

from django import forms

from nextroute.core.errors import Refused


class Looked(forms.Form):
    """A form whose faults are those of its verb, too."""

    def overlook(self) -> None:
        """Find no fault with what is not filled in yet."""
        for name in [name for name in self.errors if not self.data.get(name)]:
            del self.errors[name]

    def refuse(self, refused: Refused, names: Mapping[str, str] | None = None) -> None:
        """A verb's sentence, beside the field it is about. `names`: the verb's name of a field, and the form's."""
        field = (names or {}).get(refused.field, refused.field)
        self.add_error(field if field in self.fields else None, refused.sentence)

    def fine(self, *names: str) -> bool:
        """Whether these are filled in and without fault, so that one can look ahead."""
        return all(self.data.get(name) and name not in self.errors for name in names) and not self.non_field_errors()
