"""Who asks, read from texts: a name, and a number by which the person can be told from others or reached.

For the desk's forms, for imports and for the API alike. It keeps nothing."""

import re

from miniapp.core.errors import Invalid, both
from miniapp.core.folding import clean
from miniapp.core.personal import Personal
from miniapp.dossiers.parts import Applicant, Subject, short_enough

NAME_MOST, IDENTITY_MOST, PHONE_MOST = 200, 20, 20
_IDENTITY = re.compile(r"[0-9A-Z]{6,20}\Z", re.ASCII)
_PHONE = re.compile(r"\+?[0-9]{8,15}\Z", re.ASCII)
_MARKS = str.maketrans("", "", " .-()\u00a0")


def applicant(name: str, identity: str, phone: str, subject: Subject = Subject.CITIZEN) -> Applicant:
    """Whoever is meant; Invalid with everything that is wrong, each at its field."""
    name, identity, phone = clean(name), identity.translate(_MARKS).upper(), phone.translate(_MARKS)
    both(lambda: _name(name), lambda: both(lambda: _identity(identity, phone), lambda: _phone(phone)))
    return Applicant(Personal(name), Personal(identity), Personal(phone), subject)


def _name(name: str) -> None:
    if not name:
        raise Invalid("applicant_name_needed", field="name")
    short_enough("name", name, NAME_MOST)


def _identity(identity: str, phone: str) -> None:
    if identity and not _IDENTITY.match(identity):
        raise Invalid("applicant_identity_shape", field="identity")
    if not identity and not phone:
        raise Invalid("applicant_number_needed", field="identity")


def _phone(phone: str) -> None:
    if phone and not _PHONE.match(phone):
        raise Invalid("applicant_phone_shape", field="phone")
