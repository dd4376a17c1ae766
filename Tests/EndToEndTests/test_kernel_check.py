"""The check of vector code finds what it is there to find."""
import os
import subprocess
import sys
import tempfile
import unittest

from harness import ROOT

VECTOR = """
@inline(never)
public func brighten(_ row: inout MutableSpan<UInt8>) {
    for x in 0..<row.count { row[x] = row[x] &+ min(20, ~row[x]) }
}
"""
# Each sum needs the one before it, so that no vector unit helps.
SCALAR = """
@inline(never)
public func accumulate(_ row: inout MutableSpan<UInt8>) {
    var state: UInt8 = 1
    for x in 0..<row.count {
        state = (state &* 31) ^ row[x]
        row[x] = state
    }
}
"""


class KernelCheckTests(unittest.TestCase):
    def check(self, source):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "Kernels.swift")
            with open(path, "w", encoding="utf-8") as file:
                file.write(source)
            subprocess.run(
                ["swiftc", "-O", "-g", "-parse-as-library", "-module-name", "Kernels", "-c", path, "-o", os.path.join(folder, "Kernels.o")],
                check=True, capture_output=True)
            return subprocess.run(
                [sys.executable, os.path.join(ROOT, "scripts", "check-kernels.py"), folder, folder], capture_output=True, text=True)

    def test_vector_code_passes(self):
        result = self.check(VECTOR)
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
        self.assertRegex(result.stdout, r"brighten +Kernels\.swift:4 +16 bytes")

    def test_a_scalar_kernel_beside_a_vector_one_fails(self):
        result = self.check(VECTOR + SCALAR)
        self.assertEqual(result.returncode, 1)
        self.assertRegex(result.stdout, r"accumulate +Kernels\.swift:\d+ +SCALAR")
        self.assertIn("2 loops in 2 kernels, 1 scalar", result.stdout)

    def test_nothing_to_check_is_no_success(self):
        self.assertNotEqual(self.check("public let nothing = 0\n").returncode, 0)
