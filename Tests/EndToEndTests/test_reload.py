"""A changed streams.yaml is taken over camera by camera; a faulty one changes nothing; untouched cameras lose no picture."""
import json
import signal
import subprocess
import time
import unittest
import urllib.error

from harness import LOOKOUT, Lookout, RtspServer, clip, wait_for


class Reload(unittest.TestCase):
    def setUp(self):
        gate = clip("gate")[0]
        self.server = RtspServer({"/a": gate, "/b": gate, "/c": gate})
        self.lookout = Lookout([self.camera("steady", "/a"), self.camera("leaves", "/b"), self.camera("changes", "/b")])
        for name in ("steady", "leaves", "changes"):
            self.lookout.wait_state(name, "watching", 40)

    def tearDown(self):
        self.lookout.close()
        self.server.close()

    def camera(self, name, mount, **more):
        return {"id": name, "source": self.server.url(mount), "detect": ["motion"], **more}

    def write(self, cameras, **more):
        with open(self.lookout.config) as file:
            document = json.load(file)
        with open(self.lookout.config, "w") as file:
            json.dump({**document, "cameras": cameras, **more}, file)

    def names(self):
        return [camera["camera"] for camera in self.lookout.get("/api/cameras")["cameras"]]

    def steady_is_untouched(self, before):
        now = self.lookout.camera("steady")
        self.assertEqual(now["since"], before["since"])
        self.assertEqual(now["counters"]["reconnects"], 0)
        self.assertEqual(now["counters"]["packetsShed"], before["counters"]["packetsShed"])
        self.assertGreater(now["counters"]["packets"], before["counters"]["packets"])

    def test_cameras_come_go_and_change(self):
        before = self.lookout.camera("steady")
        self.write([
            self.camera("steady", "/a"),
            self.camera("changes", "/c", zones=[{"id": "yard", "polygon": [[0, 0], [1, 0], [1, 1], [0, 1]]}]),
            self.camera("comes", "/c"),
            self.camera("later", "/c", enabled=False),
        ], site={"name": "Renamed", "timezone": "Asia/Ho_Chi_Minh"})
        report = json.loads(self.lookout.request("/api/reload", "POST", body={}, token=self.lookout.TOKEN)[0])
        self.assertEqual(report, {
            "added": ["comes", "later"], "removed": ["leaves"], "changed": ["changes"], "unchanged": ["steady"],
            "waitingForRestart": ["site"],
        })
        self.assertEqual(self.names(), ["steady", "changes", "comes", "later"])
        self.assertEqual(self.lookout.camera("later")["state"], "off")
        for name in ("comes", "changes"):
            self.lookout.wait_state(name, "watching", 40)
        self.steady_is_untouched(before)
        # What the zone's name is good for shows that the new rules hold.
        self.lookout.request(
            "/api/arming", "POST", body={"action": "snooze", "camera": "changes", "zone": "yard", "minutes": 1},
            token=self.lookout.TOKEN)

        # The same by signal, and by command.
        self.write([self.camera("steady", "/a"), self.camera("later", "/c")])
        self.lookout.process.send_signal(signal.SIGHUP)
        wait_for(lambda: self.names() == ["steady", "later"], 20, "the signal's change is taken over")
        self.lookout.wait_state("later", "watching", 40)
        self.write([self.camera("steady", "/a")])
        told = subprocess.run([LOOKOUT, "reload", self.lookout.config], capture_output=True, text=True,
                              env=self.lookout.environment)
        self.assertEqual(told.returncode, 0, told.stderr)
        self.assertIn("removed: later", told.stdout)
        self.assertEqual(self.names(), ["steady"])
        self.steady_is_untouched(before)

    def test_a_faulty_file_changes_nothing(self):
        before = self.lookout.camera("steady")
        self.write([self.camera("steady", "/a", zoness=[]), {"id": "bare"}])
        with self.assertRaises(urllib.error.HTTPError) as refused:
            self.lookout.request("/api/reload", "POST", body={}, token=self.lookout.TOKEN)
        self.assertEqual(refused.exception.code, 422)
        problem = json.loads(refused.exception.read())
        self.assertIn("did you mean 'zones'?", problem["detail"])
        self.assertIn("source", problem["detail"])
        self.lookout.process.send_signal(signal.SIGHUP)
        wait_for(lambda: "asked for by 'SIGHUP'" in self.lookout.text(), 10, "the log tells of the refusal")
        time.sleep(1)
        self.assertEqual(self.names(), ["steady", "leaves", "changes"])
        self.steady_is_untouched(before)
        for name in ("leaves", "changes"):
            self.assertEqual(self.lookout.camera(name)["counters"]["reconnects"], 0)


if __name__ == "__main__":
    unittest.main(verbosity=2)
