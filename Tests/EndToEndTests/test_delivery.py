"""Alerts reach their receivers whatever dies: none lost, none out of order, and repetitions carry the same key."""
import collections
import email
import email.policy
import glob
import hashlib
import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
import unittest

from harness import BUILD, ROOT, soaked, wait_for
from receivers import Broker, MailServer, WebhookServer

SENDER = os.environ.get("LOOKOUT_SENDER", os.path.join(BUILD, "alert-sender"))
LOG = open(os.environ["SENDER_LOG"], "w") if "SENDER_LOG" in os.environ else subprocess.DEVNULL
TOLD = {"opened", "closed", "acknowledged"}


def start_sender(folder, incidents, **channels):
    arguments = [SENDER, folder, str(incidents)] + [f"{name}={value}" for name, value in channels.items()]
    return subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=LOG, text=True)


def finish(process, seconds):
    try:
        output, _ = process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        raise AssertionError(f"not all was sent within {seconds} s")
    if process.returncode != 0:
        raise AssertionError(f"alert-sender ended with {process.returncode}")
    return json.loads(output.splitlines()[-1])


def expected_events(folder):
    """What the journal says was to be told: event by incident, in order."""
    events = collections.OrderedDict()
    with sqlite3.connect(os.path.join(folder, "journal.sqlite")) as journal:
        rows = journal.execute("SELECT incident, number, change, body FROM revisions ORDER BY sequence")
        for incident, number, change, body in rows:
            if change in TOLD:
                events.setdefault(incident, []).append((f"{incident}.{number}", json.loads(body)["incident"]))
    return events


class Chaos(threading.Thread):
    """Kills and stalls the receivers at random until told to stop."""

    def __init__(self, seed, web, broker):
        super().__init__(daemon=True)
        self.random, self.web, self.broker = random.Random(seed), web, broker
        self.over = threading.Event()

    def run(self):
        while not self.over.wait(self.random.uniform(0.3, 1.0)):
            choice = self.random.randrange(3)
            if choice == 0:
                self.web.die(self.random.uniform(0.1, 0.6))
            elif choice == 1:
                self.broker.die(self.random.uniform(0.1, 0.6))
            else:
                self.broker.stall(self.random.uniform(0.2, 1.6))

    def stop(self):
        self.over.set()
        self.join()


class DeliveryTests(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="lookout-delivery-")
        self.addCleanup(shutil.rmtree, self.folder, True)

    def web(self, seed, trouble=0.0):
        server = WebhookServer(seed, trouble)
        self.addCleanup(server.stop)
        return server

    def test_nothing_is_lost_whoever_dies(self):
        incidents, kills = soaked(400, 10_000), soaked(3, 20)
        isLong = incidents > 2_000
        seed = random.Random(5)
        web, broker = self.web(1, trouble=0.1), Broker()
        self.addCleanup(broker.close)
        channels = {"json": web.url("json"), "cap": web.url("cap"), "mqtt": broker.port}
        chaos = Chaos(7, web, broker)
        chaos.start()
        started = time.monotonic()
        for kill in range(kills):
            sender = start_sender(self.folder, incidents, **channels)
            # A slow machine still sends something between two kills.
            before = len(web.accepted)
            time.sleep(seed.uniform(0.1, 1.2 if isLong else 0.6))
            wait_for(lambda: len(web.accepted) > before + 5 or sender.poll() is not None, 30, "something is sent")
            self.assertIsNone(sender.poll(), f"all was sent before kill {kill + 1}: nothing was tested")
            sender.kill()
            sender.wait(30)
            sender.stdout.close()
        sender = start_sender(self.folder, incidents, **channels)
        if not isLong:
            time.sleep(1)
            chaos.stop()
        result = finish(sender, 3_000 if isLong else 60)
        seconds = time.monotonic() - started
        if isLong:
            chaos.stop()
        events = expected_events(self.folder)
        self.assertEqual(result["dead"], 0)
        self.assertGreaterEqual(len(events), incidents)
        self.assertEqual(web.forged, [])
        wait_for(lambda: len(set(self.mqtt_keys(broker))) == sum(map(len, events.values())), 20, "the subscriber has all")
        self.check_order(events, [(key, body) for path, key, body, _ in web.accepted if path == "/json"], "json", True)
        self.check_order(events, self.mqtt_events(broker), "mqtt", False)
        self.check_cap([(key, body) for path, key, body, _ in web.accepted if path == "/cap"], events)
        statuses = [payload for topic, _, payload in broker.messages() if topic == "lookout/status"]
        self.assertIn(b"online", statuses)
        total = sum(map(len, events.values())) * 2
        repeated = len([1 for path, *_ in web.accepted if path == "/json"]) + len(self.mqtt_keys(broker)) - total
        print(f"\n{len(events)} incidents, {total} deliveries to webhook and MQTT in {seconds:.1f} s: "
              f"{total / seconds:.0f} a second through {kills} kills; {repeated} repeated, 0 lost, 0 out of order",
              file=sys.stderr)

    def check_order(self, events, received, channel, strictly):
        """`strictly`: a repetition comes before the next event, too."""
        bodies, order = {}, collections.defaultdict(list)
        for key, body in received:
            digest = hashlib.sha256(body).hexdigest()
            self.assertEqual(bodies.setdefault(key, digest), digest, f"two messages with the key {key}")
            event = key.removesuffix("." + channel)
            incident, _, number = event.rpartition(".")
            order[incident].append(int(number))
        self.assertEqual({f"{event}.{channel}" for steps in events.values() for event, _ in steps}, set(bodies), "none lost, none made up")
        for incident, numbers in order.items():
            shown = numbers if strictly else list(dict.fromkeys(numbers))
            self.assertEqual(shown, sorted(shown), f"{incident} is out of order on {channel}")

    def mqtt_events(self, broker):
        found = []
        for topic, _, payload in broker.messages():
            if topic == "lookout/events":
                found.append((json.loads(payload)["key"], payload))
        return found

    def mqtt_keys(self, broker):
        return [key for key, _ in self.mqtt_events(broker)]

    def check_cap(self, received, events):
        """Each message once, in the order of its fire, held against the schema and the rules of CAP."""
        fires = {step for steps in events.values() for step, incident in steps if incident["kind"] == "smoke"}
        self.assertLessEqual({key.removesuffix(".cap") for key, _ in received}, fires)
        self.assertGreater(len(received), 0)
        folder = os.path.join(self.folder, "cap")
        os.mkdir(folder)
        numbers, counts, seen = {}, collections.Counter(), set()
        for key, body in received:
            if key in seen:
                continue
            seen.add(key)
            incident = body.split(b"<incidents>")[1].split(b"<")[0]
            number = numbers.setdefault(incident, len(numbers) + 1)
            counts[number] += 1
            with open(os.path.join(folder, f"{number:05}-{counts[number]:04}.xml"), "wb") as file:
                file.write(body)
        python = self.validator()
        if python is None:
            print("skipped: capvalidator cannot be installed here", file=sys.stderr)
            return
        script = os.path.join(ROOT, "Tests", "AlertingTests", "validate_cap.py")
        result = subprocess.run([python, script, folder], capture_output=True, text=True)
        self.assertEqual(result.returncode, 0, result.stdout[-2_000:] + result.stderr[-2_000:])
        self.assertIn(f"{len(seen)} messages, 0 invalid", result.stdout)

    def validator(self):
        environment = os.path.join(ROOT, ".build", "capvalidator")
        python = os.path.join(environment, "bin", "python3")
        probe = [python, "-c", "import capvalidator"]
        if os.path.exists(python) and subprocess.run(probe, capture_output=True).returncode == 0:
            return python
        subprocess.run([sys.executable, "-m", "venv", environment], capture_output=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", "capvalidator==0.1.0.dev4"], capture_output=True)
        return python if subprocess.run(probe, capture_output=True).returncode == 0 else None

    def test_a_dead_channel_delays_no_other_and_dead_letters_remain(self):
        web = self.web(2)
        silent = self.web(3, trouble=2)  # answers 500 or nothing, always
        result = finish(
            start_sender(self.folder, 10, json=web.url("json"), http=silent.url("sms"), giveUpSeconds=2), 60)
        events = expected_events(self.folder)
        told = sum(map(len, events.values()))
        self.assertEqual(len({key for _, key, _, _ in web.accepted}), told)
        self.assertEqual(result["dead"], told)
        with sqlite3.connect(os.path.join(self.folder, "outbox.sqlite")) as outbox:
            delivered, = outbox.execute("SELECT max(settled) FROM deliveries WHERE state = 'delivered'").fetchone()
            dead, = outbox.execute("SELECT min(settled) FROM deliveries WHERE state = 'dead'").fetchone()
            errors = {row[0] for row in outbox.execute("SELECT DISTINCT error FROM deliveries WHERE state = 'dead'")}
        self.assertLess(delivered, dead, "the good channel was done before the bad one gave up")
        self.assertTrue(all("answered" in error or "no answer" in error for error in errors), errors)

    def test_mail_carries_text_picture_and_key(self):
        server = MailServer(busy=2)
        self.addCleanup(server.close)
        self.assertEqual(finish(start_sender(self.folder, 5, smtp=server.port), 30)["dead"], 0)
        mails = [email.message_from_bytes(mail["data"], policy=email.policy.default) for mail in server.mails]
        self.assertEqual(len(mails), sum(map(len, expected_events(self.folder).values())))
        smoke = next(mail for mail in mails if "Khói" in mail["Subject"])
        self.assertTrue(smoke["Subject"].startswith("[DIỄN TẬP] Khói · Tháp 1: có thể có"), smoke["Subject"])
        self.assertIn("Nghiêm trọng", smoke.get_body().get_content())
        parts = {part.get_filename(): part.get_content() for part in smoke.iter_attachments()}
        self.assertEqual([name.rsplit(".", 1)[1] for name in parts], ["jpg", "xml"])
        self.assertEqual(len({mail["Message-ID"] for mail in mails}), len(mails))
        self.assertEqual({tuple(mail["to"]) for mail in server.mails}, {("duty@phuquoc.example",)})

    def test_templates_are_escaped(self):
        web = self.web(4)
        finish(start_sender(self.folder, 3, http=web.url("sms")), 30)
        self.assertEqual(len(web.accepted), sum(map(len, expected_events(self.folder).values())))
        for path, _, body, headers in web.accepted:
            self.assertTrue(path.startswith("/sms?to=tower-1&text=%5BDI%E1%BB%84N%20T%E1%BA%ACP%5D%20"), path)
            self.assertIn("[DIỄN TẬP] ", json.loads(body)["text"])
            self.assertIn(headers["X-Kind"].split(" ")[0], {"motion", "intrusion", "smoke"})
        notes = [json.loads(body)["text"] for _, _, body, _ in web.accepted if "đang" in json.loads(body)["text"]]
        self.assertIn('An: đang "xem"', notes[0])

    def test_what_nobody_acknowledges_is_told_to_others(self):
        web = self.web(6)
        sender = start_sender(self.folder, 20, json=web.url("json"), http=web.url("sms"), reminders="yes")
        wait_for(lambda: len([1 for path, *_ in web.accepted if path == "/json"]) == 41, 30, "all is told")
        self.assertEqual([path for path, *_ in web.accepted if path.startswith("/sms")], [], "reminders were early")
        sender.kill()  # a reminder outlives the one who was to send it
        sender.wait(30)
        sender.stdout.close()
        finish(start_sender(self.folder, 20, json=web.url("json"), http=web.url("sms"), reminders="yes"), 30)
        reminded = [key for path, key, _, _ in web.accepted if path.startswith("/sms")]
        taken = [key.split(".")[0] for path, key, body, _ in web.accepted if json.loads(body).get("change") == "acknowledged"]
        incidents = set(expected_events(self.folder)) - set(taken)
        self.assertEqual(len(taken), 1)
        self.assertEqual({f"{incident}.1.escalation-1.http" for incident in incidents}, set(reminded))
        texts = [json.loads(body)["text"] for path, _, body, _ in web.accepted if path.startswith("/sms")]
        self.assertTrue(all(text.startswith("[CHƯA AI TIẾP NHẬN, ") for text in texts), texts)

    def test_the_broker_tells_who_is_there(self):
        broker = Broker()
        self.addCleanup(broker.close)
        finish(start_sender(self.folder, 10, mqtt=broker.port), 30)
        wait_for(lambda: any(t == "lookout/status" and p == b"offline" for t, _, p in broker.messages()), 10, "goodbye")
        messages = {topic: payload for topic, _, payload in broker.messages()}
        configuration = json.loads(messages["homeassistant/binary_sensor/lookout_lookout_tower_1_smoke/config"])
        self.assertEqual(configuration["device_class"], "smoke")
        state = json.loads(messages[configuration["state_topic"]])
        self.assertEqual(state["state"], "OFF")  # all incidents have closed
        states = [json.loads(p)["state"] for t, _, p in broker.messages() if t == configuration["state_topic"]]
        self.assertIn("ON", states)
        late = subprocess.run(
            ["mosquitto_sub", "-h", "127.0.0.1", "-p", str(broker.port), "-t", "lookout/#", "-F", "%t %p", "-W", "1"],
            capture_output=True, text=True).stdout
        self.assertIn("lookout/status offline", late)  # kept for those who come later


if __name__ == "__main__":
    unittest.main()
