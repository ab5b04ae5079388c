"""The site as an ASGI application, with what it has answered kept compressed for the present version of the views.

TINKUY_VIEWS=views.sqlite granian --interface asginl tinkuy.web.asgi:application
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tinkuy.web.settings")
if not os.environ.get("TINKUY_STATIC"):
    _folder = tempfile.TemporaryDirectory(prefix="tinkuy-static-")  # lives as long as the process
    os.environ["TINKUY_STATIC"] = _folder.name

from django.conf import settings  # noqa: E402 (settings read the environment when they are loaded)
from django.core.asgi import get_asgi_application  # noqa: E402

from tinkuy.web.kept import Kept  # noqa: E402
from tinkuy.web.public.pages import views  # noqa: E402
from tinkuy.web.static_files import collect  # noqa: E402

collect(Path(settings.STATIC_ROOT))
application = Kept(get_asgi_application(), lambda: views().version())
