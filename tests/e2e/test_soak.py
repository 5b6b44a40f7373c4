"""A few seconds of `make soak`: each kind of call once, and all that must add up at the end."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../tools/soak"))
import report  # noqa: E402
from soak import MIX, Soak  # noqa: E402


def test_mixed_calls_add_up(tmp_path):
    soak = Soak(tmp_path, rate=1, seconds=len(MIX) + 1)
    soak.open()
    try:
        soak.run()
    finally:
        soak.close()
    for what, good, seen in report.checks(soak, flat=False):
        assert good, (what, seen, soak.faults)
    assert all(soak.placed[kind] for kind in MIX)
