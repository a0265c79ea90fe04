from django.apps import AppConfig


class Staff(AppConfig):
    name = "nextroute.staff"
    label = "staff"
