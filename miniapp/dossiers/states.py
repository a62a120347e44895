"""The national statuses of a dossier, which may follow which, and how a dossier stands to its due moment.

For the whole slice, and for whoever sends statuses to the national portal: their numbers are the portal's (domain 4.3).
What a status is called in words is the templates' business."""

from collections.abc import Mapping
from datetime import datetime
from enum import IntEnum, StrEnum

from miniapp.core.clock import VIETNAM


class Status(IntEnum):
    """Where a dossier stands; the value is the national id."""

    FILED = 1  # mới đăng ký
    RECEIVED = 2  # được tiếp nhận
    NOT_RECEIVED = 3  # không được tiếp nhận
    IN_PROGRESS = 4  # đang xử lý
    SUPPLEMENT = 5  # yêu cầu bổ sung giấy tờ
    PAYMENT = 6  # yêu cầu thực hiện nghĩa vụ tài chính
    WITHDRAWN = 7  # công dân yêu cầu rút hồ sơ
    STOPPED = 8  # dừng xử lý
    FINISHED = 9  # đã xử lý xong
    RETURNED = 10  # đã trả kết quả


MOVES: Mapping[Status, frozenset[Status]] = {
    Status.FILED: frozenset({Status.RECEIVED, Status.NOT_RECEIVED, Status.WITHDRAWN}),
    Status.RECEIVED: frozenset({Status.IN_PROGRESS, Status.SUPPLEMENT, Status.PAYMENT, Status.WITHDRAWN}),
    Status.NOT_RECEIVED: frozenset(),
    Status.IN_PROGRESS: frozenset(
        {Status.SUPPLEMENT, Status.PAYMENT, Status.STOPPED, Status.FINISHED, Status.WITHDRAWN}
    ),
    Status.SUPPLEMENT: frozenset({Status.RECEIVED, Status.IN_PROGRESS, Status.STOPPED}),
    Status.PAYMENT: frozenset({Status.IN_PROGRESS}),
    Status.WITHDRAWN: frozenset(),
    Status.STOPPED: frozenset(),
    Status.FINISHED: frozenset({Status.RETURNED}),
    Status.RETURNED: frozenset(),
}

RUNNING = frozenset({Status.RECEIVED, Status.IN_PROGRESS})  # the agency is at work and its clock runs
PAUSING = frozenset({Status.SUPPLEMENT, Status.PAYMENT})  # the citizen has something to do and the clock stands
DONE = frozenset({Status.FINISHED, Status.RETURNED})


class Lateness(StrEnum):
    """How a dossier stands to its due moment."""

    EARLY = "early"  # trước hạn: finished on a day before
    ON_TIME = "on_time"  # đúng hạn
    LATE = "late"  # quá hạn


def lateness(due: datetime, at: datetime, is_finished: bool) -> Lateness:
    """How it stands at a moment: the one it was finished at, or, while it runs, the present; only what is finished is early."""
    if at > due:
        return Lateness.LATE
    if is_finished and at.astimezone(VIETNAM).date() < due.astimezone(VIETNAM).date():
        return Lateness.EARLY
    return Lateness.ON_TIME
