from django.apps import AppConfig


class Web(AppConfig):
    name = "nextroute.web"
    label = "web"

    def ready(self) -> None:
        from nextroute.web import audiences  # noqa: F401 - registers its system check
