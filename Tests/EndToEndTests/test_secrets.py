"""A password never leaves the process: not in a log, an error, the API, the journal or the evidence."""
import os
import subprocess
import unittest
import urllib.parse

from harness import LOOKOUT, Lookout, RtspServer, clip, wait_for

PASSWORDS = ["p@ss:w/rd%40", "hunter2?x=1&y#z", "Mật khẩu"]


class Secrets(unittest.TestCase):
    def everything_written(self, lookout):
        texts = {"output": open(lookout.output, "rb").read()}
        for folder, _, names in os.walk(lookout.data):
            for name in names:
                texts[name] = open(os.path.join(folder, name), "rb").read()
        for path in ("/api/cameras", "/api/incidents", "/metrics", "/healthz", "/"):
            texts[path] = lookout.request(path)[0]
        for arguments in (["health", lookout.config], ["check", lookout.config], ["incidents", "list", "--config", lookout.config]):
            done = subprocess.run([LOOKOUT, *arguments], capture_output=True, env=lookout.environment)
            texts[" ".join(arguments)] = done.stdout + done.stderr
        return texts

    def assert_hidden(self, lookout, password):
        forms = {password, urllib.parse.quote(password, safe=""), urllib.parse.quote(password)}
        for where, text in self.everything_written(lookout).items():
            for form in forms:
                self.assertNotIn(form.encode(), text, f"{where} shows the password")

    def test_awkward_passwords_open_the_camera_and_stay_hidden(self):
        for password in PASSWORDS:
            with self.subTest(password=password):
                server = RtspServer({"/gate": clip("gate")[0]}, "viewer", password)
                lookout = Lookout(
                    [{"id": "gate", "source": server.url("/gate", "viewer:${GATE_PASSWORD}@"), "detect": ["motion"]}],
                    {"GATE_PASSWORD": password})
                try:
                    wait_for(lambda: lookout.camera("gate")["counters"]["framesDecoded"] > 0, 20, "the camera opens")
                    self.assert_hidden(lookout, password)
                finally:
                    lookout.close()
                    server.close()

    def test_wrong_passwords_and_tokens_in_queries_stay_hidden(self):
        server = RtspServer({"/gate": clip("gate")[0]}, "viewer", "right")
        port = server.port
        lookout = Lookout(
            [{"id": "wrong", "source": server.url("/gate", "viewer:${CAMERA_SECRET}@")},
             {"id": "query", "source": f"http://127.0.0.1:{port + 1 if port < 65535 else 1}/stream?token=${{CAMERA_SECRET}}"}],
            {"CAMERA_SECRET": "S3cr3t-Value"})
        try:
            lookout.wait_state("wrong", "refused", 20)
            self.assertIn("401", lookout.camera("wrong")["cause"])
            lookout.wait_state("query", "blind", 20)
            self.assert_hidden(lookout, "S3cr3t-Value")
        finally:
            lookout.close()
            server.close()


if __name__ == "__main__":
    unittest.main(verbosity=2)
