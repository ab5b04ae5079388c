"""The Django application of the public pages."""

from django.apps import AppConfig


class Public(AppConfig):
    """Pages without accounts, sessions or cookies."""

    name = "tinkuy.web.public"
    label = "public"
