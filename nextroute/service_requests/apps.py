from django.apps import AppConfig


class ServiceRequests(AppConfig):
    name = "nextroute.service_requests"
    label = "service_requests"
