"""Fixtures and nothing else."""

pytest_plugins = ["tests.support.cloud"]
