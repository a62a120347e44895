"""Fixtures and nothing else."""

pytest_plugins = ["tests.support.cloud", "tests.support.some_agencies", "tests.support.lambdas"]
