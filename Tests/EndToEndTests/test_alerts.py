"""Alerts of a running Lookout: from a camera's picture to a receiver, through a kill, with the watchdogs fed."""
import json
import os
import signal
import socket
import subprocess
import tempfile
import unittest
import urllib.error
import urllib.parse

from harness import LOOKOUT, Lookout, RtspServer, clip, wait_for
from receivers import WebhookServer

SECRET = "a-shared-secret-of-the-test"


class Alerts(unittest.TestCase):
    def setUp(self):
        self.server = RtspServer({"/gate": clip("gate")[0]})
        self.addCleanup(self.server.close)
        self.web = WebhookServer(1)
        self.addCleanup(self.web.stop)
        self.web.check = lambda *_: None  # signatures are held against another secret in test_delivery
        folder = tempfile.mkdtemp(prefix="lookout-notify-")
        self.manager = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.addCleanup(self.manager.close)
        self.manager.bind(os.path.join(folder, "notify"))
        self.manager.settimeout(20)
        zones = [{"id": "yard", "polygon": [[0, 0.3], [1, 0.3], [1, 1], [0, 1]]}]
        self.lookout = Lookout(
            [{"id": "gate", "name": "Cổng chính", "source": self.server.url("/gate"), "detect": ["motion"],
              "zones": zones, "rules": [{"kind": "intrusion", "zone": "yard"}]}],
            extra_environment={
                "SIGN": SECRET, "LINKS": "a-secret-of-links", "NOTIFY_SOCKET": os.path.join(folder, "notify"), "WATCHDOG_USEC": "1000000"},
            start=False,
            settings={
                "channels": [{"id": "duty", "type": "webhook", "url": self.web.url("duty"), "secret": "${SIGN}",
                              "contact": "Tổ bảo vệ"}],
                "routes": [{"channels": "duty", "zones": "yard", "leastSeverity": "critical", "changes": ["opened", "closed", "acknowledged"],
                            "escalation": [{"afterMinutes": 0.02, "channels": "duty"}]}],
                "alerts": {"heartbeat": self.web.url("ping"), "webAddress": "http://127.0.0.1:8080", "linkSecret": "${LINKS}"},
                "fireDanger": {"levels": [{"level": 5, "smokeBar": 0.8}]},
            })
        self.addCleanup(self.lookout.close)
        self.lookout.start()

    def notices(self, change, escalation=None):
        found = [json.loads(body) for _, _, body, _ in list(self.web.accepted)]
        return [notice for notice in found if notice["change"] == change and notice.get("escalation") == escalation]

    def command(self, *arguments):
        return subprocess.run([LOOKOUT, *arguments, "--config", self.lookout.config], capture_output=True, text=True,
                              env=self.lookout.environment)

    def follow_link(self, notice):
        """The contact looks, answers, and cannot answer twice."""
        link = urllib.parse.urlsplit(notice["answerLink"])
        self.assertEqual(link.netloc, "127.0.0.1:8080")
        place = f"{link.path}?{link.query}"
        page, fields = self.lookout.request(place)
        self.assertIn("Tổ bảo vệ", page.decode())
        self.assertIn("text/html", fields["Content-Type"])
        self.assertIsNone(self.lookout.get(f"/api/incidents/{notice['incident']}")["incident"].get("acknowledgement"))
        self.assertIn("Đã ghi nhận", self.lookout.request(place, "POST")[0].decode())
        with self.assertRaises(urllib.error.HTTPError) as refused:
            self.lookout.request(place, "POST")
        self.assertEqual(refused.exception.code, 410)
        with self.assertRaises(urllib.error.HTTPError) as refused:
            self.lookout.request(place.replace("key=", "key=0"), "POST")
        self.assertEqual(refused.exception.code, 403)

    def test_an_intrusion_reaches_the_duty_desk(self):
        states = {self.manager.recv(100).decode() for _ in range(3)}
        self.assertEqual(states, {"READY=1", "WATCHDOG=1"})
        opened = wait_for(lambda: self.notices("opened"), 60, "the alert arrives")[0]
        self.assertEqual((opened["kind"], opened["cameraName"], opened["exercise"]), ("intrusion", "Cổng chính", True))
        self.assertTrue(opened["vi"]["headline"].startswith("[DIỄN TẬP] Xâm nhập · Cổng chính"), opened["vi"])
        self.assertEqual(opened["link"], f"http://127.0.0.1:8080/#{opened['incident']}")
        self.assertIn("X-Lookout-Signature", self.web.accepted[0][3])
        reminder = wait_for(lambda: self.notices("opened", 1), 20, "the reminder arrives")[0]
        self.assertIn("[CHƯA AI TIẾP NHẬN", reminder["vi"]["headline"])
        self.follow_link(opened)
        taken = wait_for(lambda: self.notices("acknowledged"), 10, "the acknowledgement arrives")[0]
        self.assertIn("Tổ bảo vệ", taken["vi"]["description"])
        # Whoever was told of it is told that it was nothing, whatever the route asks for.
        dismissal = self.command("incidents", "dismiss", opened["incident"], "--reason", "insect", "--note", "bướm đêm")
        self.assertEqual(dismissal.returncode, 0, dismissal.stderr)
        dismissed = wait_for(lambda: self.notices("dismissed"), 10, "the dismissal arrives")[0]
        self.assertEqual((dismissed["reason"], dismissed["actor"]), ("insect", "tester"))
        self.assertIn("tester: côn trùng: bướm đêm", dismissed["vi"]["description"])
        again = self.command("incidents", "dismiss", opened["incident"], "--reason", "insect")
        self.assertEqual(again.returncode, 1, again.stdout)
        shown = self.command("incidents", "show", opened["incident"]).stdout
        for line in ["nobody had acknowledged: duty was told (step 1)", "acknowledged  by Tổ bảo vệ",
                     "dismissed insect: bướm đêm  by tester"]:
            self.assertIn(line, shown)
        danger, _ = self.lookout.request("/api/danger", "PUT", {"level": 5, "note": "nắng nóng"}, Lookout.TOKEN)
        self.assertEqual(json.loads(danger)["current"]["level"], 5)
        self.assertGreater(self.web.heartbeats, 0)
        metrics = self.lookout.request("/metrics")[0].decode()
        self.assertIn("# TYPE lookout_alert_latency_seconds histogram", metrics)
        self.assertIn('lookout_alert_latency_seconds_bucket{channel="duty",le="+Inf"}', metrics)
        # What is open when Lookout is killed is told to be closed after the next start, and nothing is told twice.
        wait_for(lambda: len(self.notices("opened")) > len(self.notices("closed")), 60, "something is going on")
        self.lookout.stop(signal.SIGKILL)
        self.lookout.start()
        wait_for(lambda: {n["incident"] for n in self.notices("opened")} <= {n["incident"] for n in self.notices("closed")},
                 60, "all is told to be closed")
        danger = self.lookout.get("/api/danger")["current"]
        self.assertEqual((danger["level"], danger["actor"], danger["source"]), (5, "tester", "person"))
        self.assertIn("lookout_fire_danger_level 5", self.lookout.request("/metrics")[0].decode())
        drill = self.command("drill", "--json")
        self.assertEqual(drill.returncode, 0, drill.stdout + drill.stderr)
        self.assertEqual((json.loads(drill.stdout)["channel"], json.loads(drill.stdout)["state"]), ("duty", "delivered"))
        exercise = next(json.loads(body) for _, key, body, _ in self.web.accepted if key.startswith("drill-"))
        self.assertTrue(exercise["exercise"] and exercise["vi"]["headline"].startswith("[DIỄN TẬP] Khói"), exercise)
        backup = os.path.join(self.lookout.directory, "backup")
        copied = subprocess.run([LOOKOUT, "backup", backup, "--config", self.lookout.config],
                                capture_output=True, text=True, env=self.lookout.environment)
        self.assertEqual(copied.returncode, 0, copied.stderr)
        self.assertIn(" revisions, head ", copied.stdout)
        listed = subprocess.run(
            [LOOKOUT, "outbox", "list", "--json", "--state", "delivered", "--config", self.lookout.config],
            capture_output=True, text=True, env=self.lookout.environment)
        self.assertEqual(listed.returncode, 0, listed.stderr)
        deliveries = [json.loads(line) for line in listed.stdout.splitlines()]
        self.assertLessEqual({d["key"] for d in deliveries}, {key for _, key, _, _ in self.web.accepted})
        self.assertTrue(all(-1 < d["latencySeconds"] < 120 for d in deliveries), deliveries)


if __name__ == "__main__":
    unittest.main()
