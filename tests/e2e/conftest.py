import os
import sys
import tempfile

import pytest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from portico import Backend, Server  # noqa: E402


# Without descriptors, or under a preloaded library, a sanitised binary fails by its sanitisers: UBSan tells a type by
# opening a pipe, ASan must be loaded first. `make faults` runs these against the release binary, `make test` the rest.
def pytest_configure(config):
    config.addinivalue_line("markers", "release: only against a binary without sanitisers")


def pytest_collection_modifyitems(config, items):
    wanted = bool(os.environ.get("PORTICO_RELEASE_TESTS"))
    dropped = [item for item in items if bool(item.get_closest_marker("release")) != wanted]
    config.hook.pytest_deselected(items=dropped)
    items[:] = [item for item in items if item not in dropped]


@pytest.fixture(scope="session", autouse=True)
def own_folder():
    """Whatever servers and tools leave behind goes when the tests end."""
    with tempfile.TemporaryDirectory(prefix="portico-tests-", ignore_cleanup_errors=True) as folder:
        os.environ["TMPDIR"] = tempfile.tempdir = folder
        yield


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
