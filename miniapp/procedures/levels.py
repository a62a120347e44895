"""Who takes a dossier in: a word that the catalogue, the search and the pages share. It knows nothing else."""

from enum import StrEnum


class Level(StrEnum):
    """Who takes the dossier in."""

    COMMUNE = "commune"
    PROVINCE = "province"
    MINISTRY = "ministry"
    OTHER = "other"
