"""Counters of one process."""

from bot.telemetry.meters import Meters


def test_the_build_is_that_of_the_folder_it_runs_from():
    """In a container nothing is installed, and dashboards and case files still tell versions."""
    assert 'opsbell_build_info{version="0.' in Meters().exposition()
