"""Every kind of thing that is told as a line of the log and counted. For the roll-up."""

from miniapp.procedures.finding import SEARCHED

KINDS = (SEARCHED,)
