"""What the machine does to Lookout: its disk runs full or read-only, its clock is set, its journal is held or damaged, it dies
with clips open, and readers stop reading. Each degrades with an alarm and recovers by itself; nothing that was told is lost.
LOOKOUT_SOAK=1 holds faults for minutes and kills more often."""
import contextlib
import hashlib
import json
import os
import random
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
import unittest

from faulty_host import FaultyHost
from harness import LOOKOUT, SOAK, Lookout, RtspServer, clip, memory_megabytes, soaked, wait_for

HOLD = soaked(4, 300)
KILLS = soaked(2, 20)


def people(seed=1):
    """Somebody passes every few seconds."""
    return clip("arrivals", seconds=36, seed=seed)[0]


def camera(server, name="gate"):
    return {"id": name, "source": server.url(f"/{name}"), "detect": ["motion"], "rules": [{"kind": "motion", "quietSeconds": 1}],
            "clips": {"preRollSeconds": 1, "postRollSeconds": 1, "partSeconds": 5}, "recording": {"enabled": True, "segmentSeconds": 5}}


def incidents(lookout, query=""):
    return lookout.get(f"/api/incidents?limit=500{query}")["incidents"]


def metric(lookout, name):
    return float(re.search(rf"^{name} ([0-9.e+]+)$", lookout.request("/metrics")[0].decode(), re.M)[1])


def faults(lookout):
    """The faults that /healthz names, by component; it answers 503 where one is fatal."""
    try:
        return {fault["component"]: fault for fault in lookout.get("/healthz").get("faults", [])}
    except OSError as error:
        return {fault["component"]: fault for fault in json.loads(error.read()).get("faults", [])}


def verified(test, lookout):
    done = subprocess.run([LOOKOUT, "verify", lookout.data, "--json"], capture_output=True, text=True)
    test.assertEqual(done.returncode, 0, done.stdout + done.stderr)
    return json.loads(done.stdout.splitlines()[-1])


@unittest.skipUnless(FaultyHost.compiler, "no C compiler")
class Host(unittest.TestCase):
    """A camera on a faulty host."""

    def setUp(self):
        self.server = RtspServer({"/gate": people()})
        self.addCleanup(self.server.close)
        self.lookout = Lookout([camera(self.server)], start=False, settings=None)
        self.addCleanup(self.lookout.close)
        self.host = FaultyHost(self.lookout.directory + "/data")
        self.addCleanup(self.host.close)
        self.lookout.environment.update(self.host.environment)

    def begin(self):
        self.lookout.start()
        wait_for(lambda: incidents(self.lookout, "&state=closed"), 60, "a first incident")


class Disk(Host):
    def hold(self, fault):
        self.begin()
        self.host.disk(fault)
        begun = time.time()
        found = wait_for(lambda: faults(self.lookout), 40, "the fault is told")
        told = time.time() - begun
        for component in found.values():
            self.assertTrue(component["problem"] and component["remedy"], component)
        since = lambda: [i for i in incidents(self.lookout) if i["startMicroseconds"] / 1e6 > begun]
        wait_for(lambda: metric(self.lookout, "lookout_incident_requests_waiting") or since(), 60, "somebody passes meanwhile")
        time.sleep(max(4, begun + HOLD - time.time()))
        self.assertEqual(self.lookout.camera("gate")["state"], "watching", "the disk is none of the camera's business")
        waiting = metric(self.lookout, "lookout_incident_requests_waiting")
        self.host.disk("none")
        ended = time.time()
        wait_for(lambda: not faults(self.lookout), 60, lambda: f"recovers: {faults(self.lookout)}")
        back = time.time() - ended
        wait_for(lambda: metric(self.lookout, "lookout_incident_requests_waiting") == 0, 10, "what waited is stored")
        self.assertEqual(metric(self.lookout, "lookout_incident_revisions_refused_total"), 0)
        meanwhile = [i for i in incidents(self.lookout) if begun <= i["startMicroseconds"] / 1e6 <= ended]
        self.assertTrue(meanwhile, "somebody passed while nothing could be stored, and stands in the journal")
        # Clips and recordings go on by themselves, too.
        later = lambda i: i["startMicroseconds"] / 1e6 > ended and any(e["kind"] == "clip" for e in i["evidence"])
        wait_for(lambda: [i for i in incidents(self.lookout) if later(i)], 60, "a clip after it")
        since = f"2000-01-01T00:00:00Z&limit=5000"
        segments = lambda: self.lookout.get(f"/api/cameras/gate/recordings?since={since}")["recordings"]
        wait_for(lambda: [s for s in segments() if s["startMicroseconds"] / 1e6 > ended], 30, "a recording after it")
        self.assertEqual(self.lookout.stop(), 0)
        report = verified(self, self.lookout)
        print(f"\ndisk {fault} for {ended - begun:.0f} s: told by {', '.join(found)} after {told:.1f} s, {waiting:.0f} steps waited, "
              f"{len(meanwhile)} incidents of that time kept, well again after {back:.1f} s; {report['intact']} files intact")

    def test_full(self):
        self.hold("full")

    @unittest.skipUnless(SOAK, "as long as the full disk: LOOKOUT_SOAK=1")
    def test_read_only(self):
        self.hold("read-only")

    def test_neither_lets_it_start_without_a_word(self):
        for fault, word in (("full", "no space"), ("read-only", "read-only")):
            self.host.disk(fault)
            done = run(self.lookout)
            self.assertEqual(done.returncode, 1, done.stderr)
            self.assertIn(word, done.stderr.lower())


class Clock(Host):
    @unittest.skipUnless(SOAK, "three times the wait for somebody to pass: LOOKOUT_SOAK=1")
    def test_a_clock_that_is_set_costs_no_incident(self):
        self.begin()
        started, offset, told = time.time(), 0, []
        for hours in (3, -2, 0):
            wait_for(lambda: incidents(self.lookout, "&state=open"), 30, "somebody is there")
            offset = 3600 * hours
            self.host.clock(offset)
            stepped = time.monotonic()
            # The next one bears the new time.
            now = lambda: time.time() + offset
            right = lambda i: now() - 60 < i["startMicroseconds"] / 1e6 < now() + 2
            wait_for(lambda: [i for i in incidents(self.lookout, "&state=closed") if right(i) and any(
                e["kind"] == "clip" for e in i["evidence"])], 60, "an incident and its clip at the new time")
            told.append(time.monotonic() - stepped)
            time.sleep(HOLD if SOAK else 0)
        lasted = time.time() - started
        found = incidents(self.lookout)
        longest = max(i["lastSeenMicroseconds"] - i["startMicroseconds"] for i in found) / 1e6
        self.assertLess(longest, 40, "nobody stays for hours because a clock was set")
        self.assertGreaterEqual(min(i["lastSeenMicroseconds"] - i["startMicroseconds"] for i in found), 0)
        clips = [e["clip"]["durationSeconds"] for i in found for e in i["evidence"] if e["kind"] == "clip"]
        self.assertLess(max(clips), 30)
        self.assertEqual(self.lookout.stop(), 0)
        self.lookout.start()
        report = self.coverage(started)
        self.assertAlmostEqual(sum(report["percent"].values()), 100, delta=0.1)
        # Of the clock's hours to and fro only those are watched in which somebody looked: minutes.
        watched = sum(s["percent"].get("watched", 0) if "percent" in s else 0 for s in [report]) / 100 * 8 * 3600
        self.assertLess(watched, lasted + 300)
        self.lookout.stop()
        verified(self, self.lookout)
        print(f"\nclock set by +3 h, -2 h and back with somebody before the camera: {len(found)} incidents, the longest {longest:.0f} s; "
              f"right again after {', '.join(f'{seconds:.0f} s' for seconds in told)}; watched {watched:.0f} s of {lasted:.0f} s")

    def coverage(self, started):
        text = lambda seconds: time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))
        return self.lookout.get(
            f"/api/coverage?camera=gate&since={text(started - 4 * 3600)}&until={text(started + 4 * 3600)}")["cameras"][0]


def run(lookout, seconds=40):
    """`lookout run` that is expected to give up."""
    return subprocess.run(
        [LOOKOUT, "run", lookout.config], capture_output=True, text=True, env=lookout.environment, timeout=seconds,
        cwd=lookout.directory)


class JournalAtStart(unittest.TestCase):
    def setUp(self):
        self.lookout = Lookout([{"id": "gate", "source": "rtsp://127.0.0.1:9/none"}])
        self.addCleanup(self.lookout.close)
        self.lookout.request(
            "/api/arming", "POST", {"action": "snooze", "camera": "gate", "minutes": 5}, token=self.lookout.TOKEN)
        self.lookout.stop()
        self.file = os.path.join(self.lookout.data, "journal.sqlite")
        # All in one file, whoever of the program's connections closed last: a log beside it would mend the damage.
        with contextlib.closing(sqlite3.connect(self.file)) as journal:
            journal.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def refused(self, what, word="damaged"):
        before = {name: open(os.path.join(self.lookout.data, name), "rb").read()
                  for name in sorted(os.listdir(self.lookout.data)) if name.startswith("journal.sqlite")}
        done = run(self.lookout)
        self.assertEqual(done.returncode, 1, f"{what}: {done.stderr}")
        self.assertIn(word, done.stderr, what)
        self.assertIn("journal.sqlite", done.stderr, what)
        for name, content in before.items():
            path = os.path.join(self.lookout.data, name)
            self.assertTrue(os.path.exists(path), f"{what}: {name} is gone")
            if not name.endswith("-shm"):
                self.assertEqual(open(path, "rb").read(), content, f"{what}: {name} was changed")
        return done.stderr

    def test_a_damaged_journal_is_named_and_left_alone(self):
        whole = open(self.file, "rb").read()
        page = int.from_bytes(whole[16:18], "big")
        last = len(whole) - page
        variants = {
            "emptied": b"", "cut in the first page": whole[:100], "cut in half": whole[:len(whole) // 2 // page * page],
            "no header": b"\0" * 100 + whole[100:], "another file": b"not a database at all\n" * 1000,
            "scribbled": whole[:page] + hashlib.sha512(b"x").digest() * ((last) // 64),
        }
        for what, content in variants.items():
            with self.subTest(what):
                open(self.file, "wb").write(content)
                text = self.refused(what)
                self.assertRegex(text, "backup|recover|move")
        open(self.file, "wb").write(whole)
        self.lookout.start()
        self.assertEqual(len(self.lookout.get("/api/arming")["orders"]), 1)

    def test_an_emptied_journal_keeps_what_its_log_holds(self):
        log = os.urandom(32 + 4096 + 24)
        open(self.file, "wb").close()
        open(self.file + "-wal", "wb").write(log)
        self.refused("emptied, with a log")

    def test_a_journal_that_another_program_holds_is_waited_for_and_named(self):
        # A process of its own: locks of a process go when it closes any descriptor of the file, as this test does.
        code = ("import sqlite3, sys; other = sqlite3.connect(sys.argv[1], isolation_level=None); "
                "other.execute('PRAGMA locking_mode = EXCLUSIVE'); other.execute('BEGIN EXCLUSIVE'); print('held', flush=True); input()")
        other = subprocess.Popen([sys.executable, "-c", code, self.file], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        try:
            self.assertEqual(other.stdout.readline(), b"held\n")
            text = self.refused("held", "locked by another program")
            self.assertIn("End the program", text)
        finally:
            other.communicate(b"\n")
        self.lookout.start()

    @unittest.skipUnless(SOAK, "waits for SQLite's patience: LOOKOUT_SOAK=1")
    def test_a_journal_that_is_held_meanwhile_loses_nothing(self):
        server = RtspServer({"/gate": people()})
        lookout = Lookout([camera(server)])
        try:
            wait_for(lambda: incidents(lookout, "&state=closed"), 60, "a first incident")
            other = sqlite3.connect(os.path.join(lookout.data, "journal.sqlite"), isolation_level=None)
            other.execute("BEGIN IMMEDIATE")
            begun = time.time()
            wait_for(lambda: "journal" in faults(lookout), 60, "it is told")
            told = time.time() - begun
            other.execute("ROLLBACK")
            other.close()
            ended = time.time()
            wait_for(lambda: not faults(lookout), 30, "recovers")
            back = time.time() - ended
            wait_for(lambda: metric(lookout, "lookout_incident_requests_waiting") == 0, 10, "what waited is stored")
            self.assertEqual(metric(lookout, "lookout_incident_revisions_refused_total"), 0)
            self.assertEqual(lookout.stop(), 0)
            verified(self, lookout)
            print(f"\njournal held by another program: told after {told:.1f} s, well again after {back:.1f} s")
        finally:
            lookout.close()
            server.close()


class Kills(unittest.TestCase):
    def test_nothing_told_is_lost_by_kills_with_clips_open(self):
        names = ["gate", "yard", "road"]
        server = RtspServer({f"/{name}": people(seed) for seed, name in enumerate(names, 1)})
        lookout = Lookout([camera(server, name) for name in names])
        dice = random.Random(int(os.environ.get("LOOKOUT_SEED", "7")))
        told, cut = {}, 0
        try:
            for _ in range(KILLS):
                stream = lookout.events(after=0)
                wait_for(lambda: incidents(lookout, "&state=open"), 60, "somebody is there")
                time.sleep(dice.uniform(0, 6))
                lookout.process.send_signal(signal.SIGKILL)
                lookout.process.wait()
                stream.thread.join(10)
                for sequence, event, _ in stream.drain():
                    told[sequence] = (event["incident"]["id"], event["number"])
                cut += len([n for n in os.listdir(lookout.data + "/evidence/.unfinished") if n.endswith(".mp4")])
                lookout.start()
            numbers = {}
            for identifier, number in told.values():
                numbers[identifier] = max(number, numbers.get(identifier, 0))
            for identifier, number in numbers.items():
                kept = lookout.get(f"/api/incidents/{identifier}")["revisions"]
                self.assertEqual([r["number"] for r in kept[:number]], list(range(1, number + 1)), identifier)
            # By the names of the clips: new ones are being written all the time.
            lookout.stop()
            left = os.listdir(lookout.data + "/evidence/.unfinished")
            self.assertEqual(left, [], "what was cut off is recovered or found to hold nothing")
            report = verified(self, lookout)
            lookout.start()
            found = incidents(lookout)
            truncated = sum(e["clip"]["isTruncated"] for i in found for e in i["evidence"] if e["kind"] == "clip")
            print(f"\n{KILLS} kills with {cut} clips open: {len(told)} revisions of {len(numbers)} incidents told, none lost; "
                  f"{truncated} clips recovered up to the cut, {report['intact']} files intact")
        finally:
            lookout.close()
            server.close()


@unittest.skipUnless(SOAK, "the center's own tests have it: LOOKOUT_SOAK=1")
class SlowReaders(unittest.TestCase):
    def test_readers_that_read_nothing_hold_nobody_up(self):
        server = RtspServer({"/gate": people()})
        lookout = Lookout([camera(server)])
        slow = []
        try:
            identifier = wait_for(lambda: incidents(lookout), 60, "a first incident")[0]["id"]
            note = lambda: lookout.request(f"/api/incidents/{identifier}/note", "POST", {"note": "ghi chú " * 240}, token=lookout.TOKEN)
            def write():
                for _ in range(150):
                    note()
            for thread in [threading.Thread(target=write) for _ in range(4)]:
                thread.start()
                slow.append(thread)
            for thread in slow:
                thread.join()
            slow = []
            before = memory_megabytes(lookout.process.pid)
            for _ in range(20):
                reader = socket.socket()
                reader.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
                reader.connect(("127.0.0.1", lookout.port))
                reader.sendall(f"GET /api/events HTTP/1.1\r\nHost: 127.0.0.1:{lookout.port}\r\nLast-Event-ID: 0\r\n\r\n".encode())
                slow.append(reader)
            time.sleep(2)
            stream = lookout.events()
            waits = []
            for _ in range(5):
                begun = time.time()
                note()
                while stream.next(10)[1]["change"] != "noted":
                    pass
                waits.append(time.time() - begun)
            grown = memory_megabytes(lookout.process.pid) - before
            self.assertLess(max(waits), 2)
            self.assertLess(grown, 100)
            self.assertEqual(lookout.camera("gate")["state"], "watching")
            print(f"\n20 readers that read nothing of 600 revisions: another one hears within {max(waits):.2f} s, {grown:.0f} MB more")
        finally:
            for reader in slow:
                if isinstance(reader, socket.socket):
                    reader.close()
            lookout.close()
            server.close()


if __name__ == "__main__":
    unittest.main(verbosity=2)
