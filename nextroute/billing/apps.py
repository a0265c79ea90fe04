from django.apps import AppConfig


class Billing(AppConfig):
    name = "nextroute.billing"
    label = "billing"

    def ready(self) -> None:
        from nextroute.billing import letters  # noqa: F401 - registers what messages about money say
        from nextroute.billing.autopay import letters as of_autopay  # noqa: F401
