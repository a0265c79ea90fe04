from django.apps import AppConfig


class ServiceRequests(AppConfig):
    name = "nextroute.service_requests"
    label = "service_requests"

    def ready(self) -> None:
        from nextroute.service_requests import letters  # noqa: F401 - registers what messages about requests say
