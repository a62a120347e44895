"""What the clock starts. For Lambda's schedules, and for the loop of `make run`. Each may be started twice at once.

`SCHEDULES` says how many seconds lie between two starts."""

from collections.abc import Mapping
from typing import Any

from handlers.lambdas.workers import services


def resume_imports(event: Mapping[str, Any], context: Any) -> int:
    """Wake workers for imports whose worker died."""
    return services().exam_office.resume_all()


SCHEDULES = {
    "resume_imports": (resume_imports, 900),
}
