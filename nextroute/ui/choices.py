"""A choice that says more than one word."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Choice:
    """The label of an option; ui/form.html writes `detail` small below `title`."""

    title: str
    detail: str = ""

    def __str__(self) -> str:
        return self.title
