"""The main road: cameras in, incidents out, told to people and programs."""
import hashlib
import os
import subprocess
import unittest
import urllib.error

from harness import LOOKOUT, Lookout, RtspServer, clip, wait_for

GATE_ZONES = [{"id": "yard", "polygon": [[0, 0.3], [1, 0.3], [1, 1], [0, 1]]}]


class Road(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = RtspServer({"/gate": clip("gate")[0], "/still": clip("static-noise", seconds=30)[0]})
        cls.lookout = Lookout([
            {"id": "gate", "name": "Cổng chính", "source": cls.server.url("/gate"), "detect": ["motion"], "zones": GATE_ZONES,
             "rules": [{"kind": "intrusion", "zone": "yard"}]},
            {"id": "still", "source": cls.server.url("/still"), "detect": ["motion"]},
        ])
        cls.stream = cls.lookout.events(after=0)

    @classmethod
    def tearDownClass(cls):
        cls.stream.close()
        cls.lookout.close()
        cls.server.close()

    def first_opened(self):
        return wait_for(
            lambda: next(iter(self.lookout.get("/api/incidents?camera=gate&limit=200")["incidents"]), None), 60, "an incident at the gate")

    def test_1_an_incident_reaches_browser_terminal_and_shell(self):
        sequence, event, _ = self.stream.next(60)
        self.assertEqual(sequence, 1)
        incident = event["incident"]
        self.assertEqual((incident["camera"], incident["kind"], incident["zones"]), ("gate", "intrusion", ["yard"]))
        wait_for(lambda: incident["id"] in self.lookout.text(), 5, "the terminal names the incident")
        shown = subprocess.run([LOOKOUT, "incidents", "show", incident["id"], "--config", self.lookout.config],
                               capture_output=True, text=True, env=self.lookout.environment)
        self.assertEqual(shown.returncode, 0, shown.stderr)
        self.assertIn("Xâm nhập", shown.stdout)

    def test_2_the_snapshot_is_what_the_journal_says(self):
        incident = self.first_opened()
        snapshot = next(item for item in incident["evidence"] if item["kind"] == "snapshot")
        picture, headers = self.lookout.request(f"/api/evidence/{snapshot['path']}")
        self.assertEqual(headers["Content-Type"], "image/jpeg")
        self.assertEqual(hashlib.sha256(picture).hexdigest(), snapshot["sha256"])
        self.assertEqual(picture[:2], b"\xff\xd8")

    def test_3_acknowledging_needs_a_named_token_and_is_kept(self):
        path = f"/api/incidents/{self.first_opened()['id']}"
        for token in (None, "wrong"):
            with self.assertRaises(urllib.error.HTTPError) as refused:
                self.lookout.request(path + "/acknowledge", "POST", {}, token)
            self.assertEqual(refused.exception.code, 401)
        self.lookout.request(path + "/acknowledge", "POST", {"note": "seen"}, Lookout.TOKEN)
        self.assertEqual(self.lookout.get(path)["incident"]["acknowledgement"]["actor"], "tester")
        # The detector goes on with the incident: what it adds must not undo what a person did.
        wait_for(lambda: self.lookout.get(path)["incident"]["state"] == "closed", 60, "the incident closes")
        self.assertEqual(self.lookout.get(path)["incident"]["acknowledgement"]["actor"], "tester")

    def test_4_a_quiet_camera_stays_quiet(self):
        self.assertEqual(self.lookout.get("/api/incidents?camera=still")["incidents"], [])
        self.assertEqual(self.lookout.camera("still")["state"], "watching")

    def test_5_a_reader_resumes_where_it_stopped(self):
        known = self.lookout.get("/api/incidents?camera=gate&limit=200")["incidents"]
        self.assertTrue(known)
        whole = self.lookout.events(after=0)
        seen = [whole.next(10)[0] for _ in range(3)]
        whole.close()
        self.assertEqual(seen, [1, 2, 3])
        rest = self.lookout.events(after=2)
        self.assertEqual(rest.next(10)[0], 3)
        rest.close()

    def test_6_health_says_what_watches(self):
        health = subprocess.run([LOOKOUT, "health", self.lookout.config], capture_output=True, text=True, env=self.lookout.environment)
        self.assertEqual(health.returncode, 0, health.stdout + health.stderr)
        self.assertRegex(health.stdout, r"gate\s+watching")
        picture, headers = self.lookout.request("/api/cameras/gate/latest.jpg")
        self.assertEqual(picture[:2], b"\xff\xd8")
        metrics = self.lookout.request("/metrics")[0].decode()
        self.assertRegex(metrics, r'lookout_[a-z_]*frames_decoded_total\{camera="gate"\} [1-9]')

    def shell(self, *arguments):
        return subprocess.run([LOOKOUT, *arguments], capture_output=True, text=True, env=self.lookout.environment)

    def test_6a_why_it_fired_can_be_asked(self):
        incident = self.first_opened()
        decisions = wait_for(
            lambda: self.lookout.get(f"/api/decisions?camera=gate&incident={incident['id']}")["decisions"], 10, "its decision")
        self.assertEqual({decision["outcome"] for decision in decisions}, {"confirmed"})
        self.assertEqual(decisions[-1]["reason"], "opened")
        self.assertRegex(decisions[-1]["configuration"], "^[0-9a-f]{64}$")
        self.assertTrue(any("threshold" in value for value in decisions[-1]["measurements"]))
        explained = self.shell("explain", "gate", "--at", decisions[-1]["end"][:19] + "Z", "--config", self.lookout.config)
        self.assertEqual(explained.returncode, 0, explained.stderr)
        self.assertIn(incident["id"], explained.stdout)
        shown = self.shell("incidents", "show", incident["id"], "--config", self.lookout.config)
        self.assertIn("opened an incident", shown.stdout)

    def test_6b_orders_are_given_from_the_shell(self):
        refused = self.shell("disarm", "--kinds", "smoke,intrusion", "--config", self.lookout.config)
        self.assertEqual(refused.returncode, 1)
        self.assertIn("smoke and flame cannot be disarmed together", refused.stderr)
        given = self.shell("snooze", "gate", "--zone", "yard", "--for", "30m", "--note", "đổi ca", "--config", self.lookout.config)
        self.assertEqual(given.returncode, 0, given.stderr)
        health = self.shell("health", self.lookout.config)
        self.assertRegex(health.stdout, r"gate .*zone yard snoozed until .* by tester")
        silenced = self.lookout.camera("gate")["silenced"]
        self.assertEqual([(order["zone"], order["actor"], order["note"]) for order in silenced], [("yard", "tester", "đổi ca")])
        self.assertEqual(self.lookout.camera("still")["silenced"], [])
        armed = self.shell("arm", "--config", self.lookout.config)
        self.assertEqual(armed.returncode, 0, armed.stderr)
        self.assertEqual(self.lookout.get("/api/arming")["orders"], [])

    def test_7_a_second_lookout_is_refused(self):
        second = subprocess.run([LOOKOUT, "run", self.lookout.config], capture_output=True, text=True, env=self.lookout.environment)
        self.assertEqual(second.returncode, 1)
        self.assertIn("another Lookout", second.stderr)

    def test_8_stopping_closes_what_is_open(self):
        self.assertEqual(self.lookout.stop(), 0, self.lookout.text()[-1000:])
        listed = subprocess.run([LOOKOUT, "incidents", "list", "--open", "--config", self.lookout.config],
                                capture_output=True, text=True, env=self.lookout.environment)
        self.assertEqual((listed.returncode, listed.stdout), (0, ""))
        health = subprocess.run([LOOKOUT, "health", self.lookout.config], capture_output=True, text=True, env=self.lookout.environment)
        self.assertEqual(health.returncode, 1)


if __name__ == "__main__":
    unittest.main(verbosity=2)
