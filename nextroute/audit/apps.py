from django.apps import AppConfig


class Audit(AppConfig):
    name = "nextroute.audit"
    label = "audit"
