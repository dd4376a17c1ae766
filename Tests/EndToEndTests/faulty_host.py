"""A host whose disk runs full or read-only and whose wall clock is set while Lookout runs; see faulty_host.c."""
import mmap
import os
import shutil
import struct
import subprocess
import tempfile

FAULTS = {"none": 0, "full": 1, "read-only": 2}


class FaultyHost:
    """Give `environment` to the program; its disk is what lies below `directory`."""

    compiler = next((path for path in map(shutil.which, ("clang", "cc", "gcc")) if path), None)

    def __init__(self, directory):
        self.folder = tempfile.mkdtemp(prefix="faulty-host-")
        library, control = os.path.join(self.folder, "host.so"), os.path.join(self.folder, "control")
        source = os.path.join(os.path.dirname(os.path.abspath(__file__)), "faulty_host.c")
        subprocess.run([self.compiler, "-shared", "-fPIC", "-O1", "-o", library, source, "-ldl"], check=True)
        with open(control, "wb") as file:
            file.write(bytes(16))
        with open(control, "r+b") as file:
            self.control = mmap.mmap(file.fileno(), 16)
        self.environment = {
            "LD_PRELOAD": library, "FAULTY_CONTROL": control, "FAULTY_DIRECTORY": os.path.realpath(directory)}

    def disk(self, fault):
        self.control[0:8] = struct.pack("<q", FAULTS[fault])

    def clock(self, seconds):
        """Sets the wall clock of the program apart from this one by so much."""
        self.control[8:16] = struct.pack("<q", int(seconds * 1e6))

    def close(self):
        self.control.close()
        shutil.rmtree(self.folder, ignore_errors=True)
