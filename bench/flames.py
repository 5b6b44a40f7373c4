"""Flame graphs of the rows whose targets are missed: perf on the server while the row's work is done again."""
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
FRAMES = ["-F", "comm,tid,ip,sym,dso"]


def flame_graph(server, title, work, path):
    """Writes the graph of what `server` does while `work()` runs; False without perf."""
    path.unlink(missing_ok=True)
    if not shutil.which("perf"):
        return False
    with tempfile.TemporaryDirectory() as folder:
        samples = folder + "/perf.data"
        recorder = subprocess.Popen(["perf", "record", "-q", "-F", "997", "--call-graph", "dwarf,16384", "-o", samples, "-p",
                                     str(server.pids[0])], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(0.5)
        try:
            work()
        finally:
            recorder.send_signal(signal.SIGINT)
            recorder.wait(120)
        script = subprocess.run(["perf", "script", "--no-inline", "-i", samples, *FRAMES], capture_output=True, check=True).stdout
    graph = subprocess.run([sys.executable, str(HERE / "flamegraph.py"), title], input=script, capture_output=True,
                           check=True).stdout
    path.write_bytes(graph)
    return True
