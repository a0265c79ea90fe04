from django.apps import AppConfig


class Dashboard(AppConfig):
    name = "nextroute.dashboard"
    label = "dashboard"
