from django.apps import AppConfig


class Portal(AppConfig):
    name = "nextroute.portal"
    label = "portal"

    def ready(self) -> None:
        from nextroute.portal import audiences  # noqa: F401 - registers its system check
