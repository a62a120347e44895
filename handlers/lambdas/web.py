"""The web function: Zappa's `app_function`. Made while the environment starts: nobody waits for it."""

from handlers.app import create_app
from handlers.context import Parts

app = create_app()
_parts: Parts = app.extensions["motcua"]
_parts.services.editions.warm()
