from django.apps import AppConfig


class Scheduling(AppConfig):
    name = "nextroute.scheduling"
    label = "scheduling"

    def ready(self) -> None:
        from nextroute.scheduling import letters  # noqa: F401 - registers what messages about visits say
