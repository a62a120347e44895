"""What is on today, said first on an agency's home. For the home; each service has a function that knows its notices.

A notice is a template with its words and the facts that they need. It asks for nothing that costs a page more than one
query in some seconds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from handlers import context
from handlers.citizen.exam_hour import title_of
from miniapp.agencies.model import Agency
from miniapp.core.clock import local_day


@dataclass(frozen=True)
class Notice:
    """One thing that is on. `template` has its words and receives it as `notice`."""

    template: str
    address: str
    facts: Mapping[str, Any]


def of_exam_scores(agency: Agency) -> Sequence[Notice]:
    """Results that are out or come, a re-mark that ends."""
    services = context.services()
    today = local_day(services.clock.now())
    return [
        Notice(
            "citizen/exam_scores/_notice.html",
            f"/{agency.address}/diem-thi/{news.exam.slug}{context.suffix()}",
            {
                "what": news.what.value,
                "title": title_of(news.exam),
                "at": news.at,
                "is_today": local_day(news.at) == today,
            },
        )
        for news in services.announcing.today(agency)
    ]


# Most urgent first.
NOTICES = (of_exam_scores,)
