"""The whole site as fixtures."""

from tests.support.site import fresh_site, site

__all__ = ["fresh_site", "site"]
