from django.apps import AppConfig


class Portal(AppConfig):
    name = "nextroute.portal"
    label = "portal"
