from django.apps import AppConfig


class Tenancy(AppConfig):
    name = "nextroute.tenancy"
    label = "tenancy"
