"""Fire danger over MQTT and the API, exercises by the clock, and a watchdog that notices a journal that stands still."""
import datetime
import json
import os
import signal
import socket
import sqlite3
import subprocess
import tempfile
import threading
import time
import unittest
import urllib.error
import urllib.parse
import zoneinfo

from harness import LOOKOUT, Lookout, free_port, wait_for
from receivers import Broker, WebhookServer
from test_geography import deficit

SITE_ZONE = zoneinfo.ZoneInfo("Asia/Ho_Chi_Minh")
TOPIC = "kiemlam/cap-chay"
POSE = {"latitude": 10.3291, "longitude": 103.9812, "heightMetres": 310, "azimuthDegrees": 48.5, "tiltDegrees": -2,
        "fieldOfViewDegrees": 54.2}


class Site(unittest.TestCase):
    """A site whose only camera is away: what is tested here needs no picture."""

    def site(self, settings, environment=None):
        tower = {"id": "tower-1", "name": "Tháp 1", "source": f"rtsp://127.0.0.1:{free_port()}/none", "detect": ["smoke"], "pose": POSE}
        lookout = Lookout([tower], settings=settings, extra_environment=environment, start=False)
        self.addCleanup(lookout.close)
        return lookout

    def command(self, *arguments):
        done = subprocess.run([LOOKOUT, *arguments, "--config", self.lookout.config], capture_output=True, text=True,
                              env=self.lookout.environment)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return done.stdout

    def audit(self, action):
        lines = self.command("incidents", "audit", "--json", "--action", action).splitlines()
        return [json.loads(line) for line in reversed(lines)]


class Danger(Site):
    def setUp(self):
        self.broker = Broker()
        self.addCleanup(self.broker.close)
        self.lookout = self.site({
            "channels": [{"id": "home", "type": "mqtt", "url": f"mqtt://127.0.0.1:{self.broker.port}"}],
            "fireDanger": {"channel": "home", "topic": TOPIC},
        })
        self.today = datetime.datetime.now(SITE_ZONE).date()
        self.lookout.start()

    def day(self, ago, celsius, percent, rain=0.0):
        return {"date": str(self.today - datetime.timedelta(days=ago)), "temperatureC": celsius,
                "relativeHumidityPercent": percent, "rainMillimetres": rain}

    def level(self):
        return (self.lookout.get("/api/danger").get("current") or {}).get("level")

    def give(self, path, body):
        return json.loads(self.lookout.request(path, "PUT", body, Lookout.TOKEN)[0])

    def weather(self):
        return self.lookout.get("/api/danger/weather")

    def test_weather_and_levels_come_over_mqtt_and_the_api(self):
        # Published until it is heard: the subscription may come a moment after the center answers.
        def told(payload, condition):
            def tell():
                if not condition():
                    self.broker.publish(TOPIC, payload)
                return condition()
            wait_for(tell, 20, f"{payload} is taken", every=0.2)

        told(json.dumps(self.day(5, 34.5, 48)), lambda: len(self.weather()["days"]) == 1)
        told(json.dumps(self.day(2, 36.0, 41)), lambda: len(self.weather()["days"]) == 2)
        self.assertEqual([(gap["first"], gap["last"]) for gap in self.weather()["missing"]],
                         [(self.day(4, 0, 0)["date"], self.day(3, 0, 0)["date"])])
        self.assertIsNone(self.level(), "nobody knows the index")
        for wrong, words in ((self.day(-1, 33, 50), "has not come yet"), (self.day(1, 91, 50), "Fahrenheit"), ({"date": "2026-02-01"}, "no JSON object")):
            with self.assertRaises(urllib.error.HTTPError) as refused:
                self.give("/api/danger/weather", wrong)
            self.assertEqual(refused.exception.code, 400)
            self.assertIn(words, refused.exception.read().decode())
        # What comes while Lookout is away waits at the broker.
        self.lookout.stop()
        for payload in (self.day(4, 35.0, 45), self.day(3, 33.0, 60, 1.5)):
            self.broker.publish(TOPIC, json.dumps(payload))
        self.lookout.start()
        wait_for(lambda: len(self.weather()["days"]) == 4, 20, "what waited is taken")
        self.give("/api/danger/weather", self.day(1, 37.5, 38))
        standing = self.give("/api/danger/weather", self.day(0, 38.0, 36))
        self.assertEqual(standing["missing"], [])
        p = sum(d["temperatureC"] * deficit(d["temperatureC"], d["relativeHumidityPercent"]) for d in standing["days"])
        self.assertLess(abs(standing["days"][-1]["p"] - p), 0.005 * p)
        expected = 1 + sum(p > limit for limit in (1000, 2500, 5000, 10000))
        self.assertEqual((self.level(), standing["days"][-1]["level"]), (expected, expected))
        # A correction: it rained.
        self.assertEqual(self.give("/api/danger/weather", self.day(0, 38.0, 36, 5))["days"][-1]["p"], 0)
        self.assertEqual(self.level(), 1)
        # What the forestry service says goes before what is reckoned.
        told("nonsense", lambda: "neither a level of fire danger nor a day's weather" in self.lookout.text())
        told("IV", lambda: self.level() == 4)
        told('{"level": 5}', lambda: self.level() == 5)
        current = self.lookout.get("/api/danger")["current"]
        self.assertEqual((current["source"], current["actor"]), ("mqtt", "home"))
        given = [entry["detail"] for entry in self.audit("weather-given")]
        self.assertEqual(len(given), 7, given)
        self.assertTrue(given[-1].endswith("38.0 °C, 36.0 %, 5.0 mm"), given)
        changes = [entry["detail"] for entry in self.audit("danger-changed")]
        self.assertEqual(changes[-2:], ["IV", "V"])
        self.lookout.stop(signal.SIGKILL)
        self.lookout.start()
        self.assertEqual((self.level(), len(self.weather()["days"])), (5, 6))
        self.assertIn("lookout_fire_danger_level 5", self.lookout.request("/metrics")[0].decode())


class Exercises(Site):
    def test_an_exercise_is_held_by_the_clock_once_and_answered_by_its_link(self):
        web = WebhookServer(1)
        self.addCleanup(web.stop)
        now = datetime.datetime.now(SITE_ZONE)
        if now.hour == 23 and now.minute == 59:
            time.sleep(61 - now.second)
            now = datetime.datetime.now(SITE_ZONE)
        moment = now.strftime("%a %H:%M").lower()
        self.lookout = self.site({
            "channels": [{"id": "duty", "type": "webhook", "url": web.url("duty"), "contact": "Tổ trực"}],
            "alerts": {"webAddress": "http://127.0.0.1:8080", "linkSecret": "${LINKS}", "capStatus": "actual",
                       "drill": {"at": moment, "waitMinutes": 1}},
        }, {"LINKS": "a-secret-of-links"})
        self.lookout.start()
        self.assertIsNone(self.last_exercise())

        def notices():
            return [json.loads(body) for _, _, body, _ in list(web.accepted)]

        opened = wait_for(notices, 20, "the exercise begins")[0]
        self.assertTrue(opened["exercise"] and opened["incident"].startswith("drill-"), opened)
        self.assertTrue(opened["vi"]["headline"].startswith("[DIỄN TẬP] Khói · Tháp 1"), opened["vi"])
        link = urllib.parse.urlsplit(opened["answerLink"])
        page = self.lookout.request(f"{link.path}?{link.query}")[0].decode()
        self.assertIn("DIỄN TẬP", page)
        self.lookout.request(f"{link.path}?{link.query}", "POST")
        wait_for(lambda: len(notices()) == 2, 20, "the exercise ends once all have it and somebody has answered")
        self.assertEqual(notices()[1]["change"], "closed")
        report = wait_for(self.last_exercise, 10, "it is written down")
        self.assertIn("1 of 1 channels", report)
        self.assertIn("acknowledged by Tổ trực after", report)
        self.assertEqual([report.endswith(": " + entry["detail"]) for entry in self.audit("drilled")], [True])
        # The minute is not over, and the exercise is.
        self.lookout.stop()
        self.lookout.start()
        time.sleep(1)
        self.assertEqual(len(notices()), 2)

    def last_exercise(self):
        shown = subprocess.run([LOOKOUT, "health", self.lookout.config], capture_output=True, text=True,
                               env=self.lookout.environment).stdout
        return next((line for line in shown.splitlines() if line.startswith("last exercise ")), None)


class Vitals(Site):
    def test_the_watchdog_is_not_fed_while_the_journal_cannot_be_written(self):
        folder = tempfile.mkdtemp(prefix="lookout-notify-")
        manager = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.addCleanup(manager.close)
        manager.bind(os.path.join(folder, "notify"))
        self.lookout = self.site({}, {"NOTIFY_SOCKET": os.path.join(folder, "notify"), "WATCHDOG_USEC": "400000"})
        self.lookout.start()

        def fed(seconds):
            """How often it is fed from now on."""
            manager.setblocking(False)
            try:
                while True:
                    manager.recv(100)
            except BlockingIOError:
                pass
            manager.settimeout(0.1)
            count, end = 0, time.monotonic() + seconds
            while time.monotonic() < end:
                try:
                    count += manager.recv(100) == b"WATCHDOG=1"
                except TimeoutError:
                    pass
            return count

        wait_for(lambda: fed(0.5) > 0, 20, "the watchdog is fed")
        with sqlite3.connect(os.path.join(self.lookout.data, "journal.sqlite"), isolation_level=None) as journal:
            journal.execute("BEGIN IMMEDIATE")
            time.sleep(0.3)  # what was on its way arrives
            self.assertEqual(fed(1.5), 0)
            # It stands, and yet answers questions.
            self.assertEqual(self.lookout.get("/api/danger"), {"notices": []})
            journal.execute("ROLLBACK")
        journal.close()
        wait_for(lambda: fed(0.5) > 0, 20, "the watchdog is fed again")


class Backups(Site):
    def test_a_site_is_put_back_from_its_backup(self):
        self.lookout = self.site({})
        self.lookout.start()
        self.lookout.request("/api/danger", "PUT", {"level": 3}, Lookout.TOKEN)
        backup = os.path.join(self.lookout.directory, "backup")
        made = self.command("backup", backup)
        self.assertIn("journal.sqlite", made)
        # What came after it is lost with the disk, and what is there is never replaced.
        self.lookout.request("/api/danger", "PUT", {"level": 5}, Lookout.TOKEN)
        self.lookout.stop()
        refused = subprocess.run([LOOKOUT, "restore", backup, "--config", self.lookout.config], capture_output=True, text=True,
                                 env=self.lookout.environment)
        self.assertEqual(refused.returncode, 3, refused.stderr)
        self.assertIn("exists already", refused.stderr)
        os.rename(self.lookout.data, self.lookout.data + ".broken")
        restored = self.command("restore", backup)
        self.assertEqual(restored.split("head")[1], made.split("head")[1])
        self.lookout.start()
        self.assertEqual(self.lookout.get("/api/danger")["current"]["level"], 3)


if __name__ == "__main__":
    unittest.main()
