from django.apps import AppConfig


class Customers(AppConfig):
    name = "nextroute.customers"
    label = "customers"
