"""Every address of the site; pages begin with their language."""

from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path

from tinkuy.web.public import pages

urlpatterns = i18n_patterns(path("", include("tinkuy.web.public.urls")), prefix_default_language=True)
handler404 = pages.not_found
handler500 = pages.failed
