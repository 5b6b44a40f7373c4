import os
import sys
import tempfile

import pytest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from faults import RELEASE  # noqa: E402
from portico import Backend, Server  # noqa: E402


# `make faults` runs these against the release binary too, where the kernel itself takes the descriptors away.
def pytest_configure(config):
    config.addinivalue_line("markers", "release: against the release binary too")


def pytest_collection_modifyitems(config, items):
    if not RELEASE:
        return
    dropped = [item for item in items if not item.get_closest_marker("release")]
    config.hook.pytest_deselected(items=dropped)
    items[:] = [item for item in items if item not in dropped]


@pytest.fixture(scope="session", autouse=True)
def own_folder(tmp_path_factory):
    """Servers and tools leave their files where pytest keeps those of the last three runs, and no more."""
    os.environ["TMPDIR"] = tempfile.tempdir = str(tmp_path_factory.mktemp("left"))


@pytest.fixture(scope="module")
def server():
    running = Server("--demo")
    yield running
    assert running.stop() == 0


@pytest.fixture(scope="module")
def backend():
    running = Backend()
    yield running
    running.stop()
