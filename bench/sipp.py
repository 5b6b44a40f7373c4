"""sipp against itself: what the usual load generator makes on this machine, and what it costs."""
import re
import resource
import subprocess
import tempfile
import time


def control(calls):
    """Calls a second with 64 in progress at a time, and sipp's own CPU for a call on each side."""
    with tempfile.TemporaryDirectory() as folder:
        options = ["-i", "127.0.0.1", "-nostdin", "-buff_size", "8388608"]
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        answerer = subprocess.Popen(["sipp", "-sn", "uas", "-p", "25090", "-m", str(calls), *options], cwd=folder,
                                    stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(0.7)
        began = time.monotonic()
        subprocess.run(["sipp", "-sn", "uac", "-d", "0", "-p", "25091", "-m", str(calls), "-l", "64", "-r", "20000",
                        "-trace_stat", "-fd", "1", "-stf", "uac.csv", "127.0.0.1:25090", *options], cwd=folder,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=120, check=False)
        took = time.monotonic() - began
        answerer.terminate()
        answerer.wait(10)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        with open(f"{folder}/uac.csv", encoding="ascii", errors="replace") as file:
            last = file.read().splitlines()[-1].split(";")
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    good = int(re.sub(r"\D", "", last[15]) or 0)
    return {"rate": good / took, "successful": good, "asked": calls, "us_both_sides": used * 1e6 / max(good, 1)}
