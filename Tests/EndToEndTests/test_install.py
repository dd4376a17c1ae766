"""What `make install` puts on a machine stands there whole, and runs without the toolchain that built it."""
import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

from harness import LOOKOUT, ROOT


class Installation(unittest.TestCase):
    def test_the_service_has_all_that_it_needs(self):
        folder = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, folder)
        root = pathlib.Path(folder)

        def install():
            return subprocess.run(
                [os.path.join(ROOT, "scripts", "install.sh"), os.path.dirname(LOOKOUT)], check=True,
                capture_output=True, text=True, env={**os.environ, "DESTDIR": folder, "PREFIX": "/opt/watch"}).stdout

        installed = install()
        self.assertIn("systemctl enable --now lookout", installed)
        unit = (root / "etc/systemd/system/lookout.service").read_text()
        start = next(line for line in unit.splitlines() if line.startswith("ExecStart="))
        program, command, configuration = start.removeprefix("ExecStart=").split()
        self.assertEqual((program, command), ("/opt/watch/bin/lookout", "run"))
        self.assertNotIn("/usr/local", unit)
        self.assertIn("u lookout", (root / "etc/sysusers.d/lookout.conf").read_text())
        self.assertEqual((root / "etc/lookout/secrets.env").stat().st_mode & 0o077, 0, "only for root")
        # Swift's libraries are found beside the program even where the toolchain's folder is not there.
        self.assertTrue((root / "opt/watch/lib/lookout/libswiftCore.so").exists())
        # As the last lines say, with the password where the service has it.
        (root / "etc/lookout/secrets.env").write_text("CAMERA_LOGIN=user:p@ss\n")
        command = f"set -a; . {folder}/etc/lookout/secrets.env; {folder}{program} check {folder}{configuration}"
        self.assertIn("set -a; . /etc/lookout/secrets.env; lookout check /etc/lookout/streams.yaml", installed)
        check = subprocess.run(
            ["sh", "-c", command], capture_output=True, text=True, env={"PATH": "/usr/bin:/bin"})
        self.assertEqual((check.returncode, check.stderr), (0, ""), check.stdout)
        # The site's own cameras survive the next version.
        (root / configuration.lstrip("/")).write_text("cameras: [] # mine\n")
        install()
        self.assertIn("# mine", (root / configuration.lstrip("/")).read_text())


if __name__ == "__main__":
    unittest.main()
