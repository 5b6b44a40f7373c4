import os
import sys

import pytest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from portico import Backend, Server  # noqa: E402


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
