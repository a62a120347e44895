"""The site on which the demo is tried."""

from tests.support.site import fresh_site

__all__ = ["fresh_site"]
