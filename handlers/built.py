"""Services that have pages here: only these can be opened, at the desk and from the command line.

A service that was opened before it had pages, or whose pages are gone, can still be closed. It knows no page itself."""

from miniapp.agencies.model import Service

BUILT = (Service.EXAM_SCORES, Service.DOSSIERS, Service.PROCEDURES)
