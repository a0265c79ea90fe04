from django.apps import AppConfig


class Scheduling(AppConfig):
    name = "nextroute.scheduling"
    label = "scheduling"
