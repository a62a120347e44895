"""Alive and ready, for load balancers and for `make run`. It says nothing about the inside."""

from flask import Response

from handlers import answers
from handlers.context import services
from handlers.doors import anyone, pages

health = pages("health", door=anyone, audience="json")


@health.get("/healthz")
def alive() -> Response:
    """The process answers."""
    return answers.data({"status": "ok"})


@health.get("/readyz")
def ready() -> Response:
    """The store answers too; 503 otherwise."""
    services().once.ready()
    return answers.data({"status": "ok"})
