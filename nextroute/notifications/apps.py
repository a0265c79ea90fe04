from django.apps import AppConfig


class Notifications(AppConfig):
    name = "nextroute.notifications"
    label = "notifications"
