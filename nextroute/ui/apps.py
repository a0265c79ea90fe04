from django.apps import AppConfig


class Ui(AppConfig):
    name = "nextroute.ui"
    label = "ui"
