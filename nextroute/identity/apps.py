from django.apps import AppConfig


class Identity(AppConfig):
    name = "nextroute.identity"
    label = "identity"
