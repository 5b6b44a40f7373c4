"""A server whose kernel can be made to fail, by fault_shim.c."""
import os
import resource
import struct
import subprocess

from portico import Server

RELEASE = bool(os.environ.get("PORTICO_RELEASE_TESTS"))


class Faults:
    def __init__(self, folder, *flags, environment=None):
        here = os.path.dirname(os.path.abspath(__file__))
        library = str(folder / "fault_shim.so")
        subprocess.run(["clang-19", "-shared", "-fPIC", "-O1", "-o", library, os.path.join(here, "fault_shim.c")], check=True)
        self.path = str(folder / "faults")
        self.set()
        self.server = Server(*flags, environment={**(environment or {}), "LD_PRELOAD": library, "FAULT_FILE": self.path})
        self.nofile = resource.prlimit(self.server.process.pid, resource.RLIMIT_NOFILE)

    def set(self, wall_seconds=0, send_errno=0, no_descriptors=0, disk_hangs=0):
        with open(self.path, "r+b" if os.path.exists(self.path) else "w+b") as file:
            file.write(struct.pack("<qiii", int(wall_seconds * 1e9), send_errno, no_descriptors, disk_hangs))

    def descriptors_gone(self, gone):
        """What is open stays so, and nothing more. The release binary bears the real limit; UBSan needs pipes."""
        if RELEASE:
            resource.prlimit(self.server.process.pid, resource.RLIMIT_NOFILE, (3, self.nofile[1]) if gone else self.nofile)
        else:
            self.set(no_descriptors=int(gone))
