"""The benchmark of dossiers measures every figure that its bars name, and at small sizes already nothing grows."""

from pathlib import Path

import pytest

from tests.load import dossiers, postgres
from tests.load.results import lacking
from tests.support.cloud import Cloud


@pytest.mark.sweep
def test_calls_and_units_are_the_same_at_two_sizes_and_the_peer_answers_beside(cloud: Cloud):
    try:
        figures = list(dossiers.measure(cloud, Path(), print, (1_000, 3_000)))
    except postgres.NotThere as absent:
        pytest.skip(str(absent))
    by_name = {figure.name: figure for figure in figures}
    assert lacking(figures, "dossiers") == []
    assert by_name["dossiers.calls"].holds
    assert by_name["dossiers.units"].holds
    assert by_name["dossiers.peer.read"].ratio > 0
