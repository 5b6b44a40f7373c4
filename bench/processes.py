"""What processes cost: CPU by the kernel's clock of a process, which is exact to the nanosecond and counts threads that
have ended, and memory by the proportional set size; growth by its part that is in no file, as pages of libraries are shared
with whoever runs beside."""
import pathlib
import re
import subprocess
import time

_SCHEDULED = 2  # CPUCLOCK_SCHED of include/linux/posix-timers.h


def cpu_us(pids):
    return sum(time.clock_gettime_ns((~pid << 3) | _SCHEDULED) for pid in pids) / 1000


def pss_kb(pids):
    texts = (pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text() for pid in pids)
    return sum(int(re.search(r"^Pss:\s+(\d+)", text, re.M).group(1)) for text in texts)


def own_kb(pids):
    texts = (pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text() for pid in pids)
    return sum(int(kb) for text in texts for kb in re.findall(r"^(?:Pss_Anon|Pss_Shmem|SwapPss):\s+(\d+)", text, re.M))


def family(pid):
    children = subprocess.run(["pgrep", "-P", str(pid)], capture_output=True, text=True, check=False).stdout.split()
    return [pid, *map(int, children)]


class OthersLoad:
    """How much of the machine others than the bench took, from its start to `share()`; in cores."""

    def __init__(self):
        self.began, self.busy = time.monotonic(), self._busy_seconds()

    def cores(self):
        return (self._busy_seconds() - self.busy) / max(time.monotonic() - self.began, 0.001)

    @staticmethod
    def _busy_seconds():
        fields = list(map(int, pathlib.Path("/proc/stat").read_text().splitlines()[0].split()[1:]))
        return (sum(fields[:8]) - fields[3] - fields[4]) / 100
