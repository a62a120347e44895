"""The whole directory, made once for the tests of its parts."""

import pytest

from infra.seed.directory_file import directory_file
from infra.seed.tree import tree
from miniapp.agencies.directory import Finder
from miniapp.agencies.places import Places


@pytest.fixture(scope="session")
def directory_body() -> bytes:
    """The file that the whole tree makes."""
    return directory_file(tree())


@pytest.fixture(scope="session")
def places(directory_body: bytes) -> Places:
    """It, read."""
    return Places.from_file(directory_body)


@pytest.fixture(scope="session")
def finder(places: Places) -> Finder:
    """It, ready for questions."""
    return Finder(places)
