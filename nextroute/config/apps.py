from django.apps import AppConfig


class Config(AppConfig):
    """An application for one reason: the job queue's schema is nobody else's to migrate."""

    name = "nextroute.config"
    label = "config"
