"""The site as an ASGI application, with what it has answered kept compressed for the present version of the views.

TINKUY_VIEWS=views.sqlite granian --interface asginl tinkuy.web.asgi:application
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import cast

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tinkuy.web.settings")
if not os.environ.get("TINKUY_STATIC"):
    _folder = tempfile.TemporaryDirectory(prefix="tinkuy-static-")  # lives as long as the process
    os.environ["TINKUY_STATIC"] = _folder.name

from django.conf import settings
from django.core.asgi import get_asgi_application

from tinkuy.web.exchange import Shared
from tinkuy.web.kept import App, Kept
from tinkuy.web.public.pages import views
from tinkuy.web.static_files import collect

collect(Path(settings.STATIC_ROOT))
site = Kept(cast(App, get_asgi_application()), lambda: views().version())
application = Shared(site, Path(os.environ.get("TINKUY_SHARED") or "shared"))
