from django.apps import AppConfig


class Identity(AppConfig):
    name = "nextroute.identity"
    label = "identity"

    def ready(self) -> None:
        from nextroute.identity import messages  # noqa: F401 - registers its composers
