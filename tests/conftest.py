"""Fixtures for all tests; and Hypothesis never fails an example for the time that it took."""

from hypothesis import settings

settings.register_profile("untimed", parent=settings.default, deadline=None)
settings.load_profile("untimed")

pytest_plugins = ["tests.support.cloud", "tests.support.some_agencies", "tests.support.lambdas"]
