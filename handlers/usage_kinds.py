"""Every kind of thing that is told as a line of the log and counted. For the roll-up."""

from handlers.visits import VISITED
from miniapp.dossiers.following import FOLLOWED
from miniapp.dossiers.service import TAKEN_IN
from miniapp.exam_scores.looking_up import LOOKED_UP
from miniapp.procedures.finding import SEARCHED
from miniapp.procedures.signals import JUDGED

KINDS = (VISITED, LOOKED_UP, SEARCHED, FOLLOWED, TAKEN_IN, JUDGED)
# Figures that are shown, by name: how the keys begin that a figure is the sum of.
FIGURES = {
    "visits": f"{VISITED.name}/",
    "users": f"{VISITED.name}/yes",
    "look_ups": f"{LOOKED_UP.name}/typed",
    "slips": f"{LOOKED_UP.name}/found",
    "searches": f"{SEARCHED.name}/",
    "followed": f"{FOLLOWED.name}/",
    "taken_in": f"{TAKEN_IN.name}/",
    "judged": f"{JUDGED.name}/",
}
