"""Clips: each holds its trigger and the time before it, survives a kill, and plays in a browser. Continuous recordings: they
hold every picture, play by time range, and survive a kill.

The cameras' pictures carry their number as blocks (`render-scene --frame-number`), and the RTSP server notes when it sent
which, so that what a clip holds is read from its pictures. With LOOKOUT_SOAK=1 at least 200 incidents are looked at.
"""
import bisect
import hashlib
import json
import os
import signal
import subprocess
import unittest
from datetime import datetime, timedelta, timezone

from harness import SOAK, Browser, Lookout, RtspServer, clip, soaked, wait_for

CAMERAS = 8 if SOAK else 2
INCIDENTS = soaked(2, 200)
PRE, POST = 3, 2
# What the host knows of when a picture was taken, at most: see `CaptureClock`.
CLOCK = 0.6


def stamped(seed, codec=()):
    words = ["-c:v", "libx264", "-preset", "veryfast", "-g", "20", "-bf", "0"] if not codec else list(codec)
    return clip("arrivals", seconds=36, seed=seed, codec=words, extra=["--frame-number"])[0]


def numbers(file):
    """The number in each picture of a clip, in the order in which they are shown."""
    raw = subprocess.run(
        ["ffmpeg", "-v", "error", "-i", file, "-vsync", "passthrough", "-enc_time_base", "-1", "-vf", "crop=152:8:0:0", "-f", "rawvideo", "-pix_fmt", "gray", "-"],
        capture_output=True, check=True)
    if raw.stderr:
        raise AssertionError(f"{file}: {raw.stderr.decode()}")
    found = []
    for start in range(0, len(raw.stdout), 152 * 8):
        picture = raw.stdout[start:start + 152 * 8]
        bits = [sum(picture[row * 152 + block * 8 + 2:row * 152 + block * 8 + 6][x] for row in range(2, 6) for x in range(4)) > 126 * 16
                for block in range(19)]
        if bits[:2] != [True, False] or sum(bits[2:]) % 2:
            raise AssertionError(f"{file}: picture {len(found)} carries no number")
        found.append(int("".join("01"[bit] for bit in bits[2:18]), 2))
    return found


class Clips(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.names = [f"gate-{index}" for index in range(CAMERAS)]
        cls.server = RtspServer({f"/{name}": stamped(seed) for seed, name in enumerate(cls.names, 1)})
        cls.lookout = Lookout([
            {"id": name, "source": cls.server.url(f"/{name}"), "detect": ["motion"],
             "zones": [{"id": "yard", "polygon": [[0, 0.15], [1, 0.15], [1, 1], [0, 1]]}],
             "rules": [{"kind": "motion", "zone": "yard", "quietSeconds": 1}],
             "clips": {"preRollSeconds": PRE, "postRollSeconds": POST},
             "recording": {"enabled": True, "segmentSeconds": 5}} for name in cls.names])
        cls.evidence = os.path.join(cls.lookout.data, "evidence")

    @classmethod
    def tearDownClass(cls):
        cls.lookout.close()
        cls.server.close()

    def incidents(self):
        found, after = [], ""
        while True:
            page = self.lookout.get(f"/api/incidents?limit=200{after}")
            found += page["incidents"]
            if "next" not in page:
                return found
            after = f"&after={page['next']}"

    def with_clips(self, count):
        found = [incident for incident in self.incidents()
                 if incident["state"] == "closed" and any(item["kind"] == "clip" for item in incident["evidence"])]
        return found if len(found) >= count else None

    def sent(self):
        by_camera = {}
        for line in self.server.pushed():
            by_camera.setdefault(line["mount"].strip("/"), []).append((line["wallMicroseconds"] / 1e6, line["clipFrame"]))
        return by_camera

    def holds(self, incident, sent):
        """Where a clip begins and ends, as the pictures themselves say; fails where pictures are missing."""
        items = [item for item in incident["evidence"] if item["kind"] == "clip"]
        file = os.path.join(self.evidence, items[0]["path"])
        with open(file, "rb") as opened:
            self.assertEqual(hashlib.sha256(opened.read()).hexdigest(), items[0]["sha256"])
        return self.sent_at(numbers(file), items[0]["timeMicroseconds"] / 1e6, sent, incident["id"])

    def sent_at(self, seen, begin, sent, name):
        """When the first and the last of these pictures were sent; fails where any between them is missing."""
        times = [time for time, _ in sent]
        near = range(bisect.bisect_left(times, begin - CLOCK), bisect.bisect_right(times, begin + CLOCK))
        places = [place for place in near if sent[place][1] == seen[0]]
        self.assertEqual(len(places), 1, f"{name}: picture {seen[0]} was not sent at {begin}")
        self.assertEqual(seen, [frame for _, frame in sent[places[0]:places[0] + len(seen)]], f"{name} has gaps")
        return times[places[0]], times[places[0] + len(seen) - 1]

    def test_1_every_clip_holds_its_trigger_and_the_time_before(self):
        wait_for(lambda: self.with_clips(INCIDENTS), 3_600 if SOAK else 60, f"{INCIDENTS} incidents with clips", every=1)
        sent = self.sent()
        checked = self.with_clips(INCIDENTS)
        for incident in checked:
            first, last = self.holds(incident, sent[incident["camera"]])
            began, ended = incident["startMicroseconds"] / 1e6, incident["lastSeenMicroseconds"] / 1e6
            # A stream that has only just begun has no more to give.
            earliest = sent[incident["camera"]][0][0] + 3
            self.assertLessEqual(first, max(began - PRE, earliest) + CLOCK, incident["id"])
            self.assertLess(first, began, incident["id"])
            self.assertGreaterEqual(last, ended + POST - CLOCK, incident["id"])
        closed = [incident for incident in self.incidents() if incident["state"] == "closed"]
        print(f"{len(checked)} of {len(closed)} closed incidents looked at: each clip holds trigger, {PRE} s before and {POST} s after")

    def test_2_pictures_of_an_incident(self):
        incident = self.with_clips(1)[0]
        kinds = [item["kind"] for item in incident["evidence"]]
        for kind in ("snapshot", "marked", "thumbnail", "clip"):
            self.assertEqual(kinds.count(kind), 1, kinds)
        size = {item["kind"]: item["bytes"] for item in incident["evidence"]}
        self.assertLess(size["thumbnail"], size["snapshot"])

    def test_2_a_better_picture_than_the_first(self):
        """Whoever comes nearer is shown later, too, with the hash of the file; what the alert carried stays."""
        def better():
            return next((incident for incident in self.incidents() if incident["state"] == "closed"
                         and any(item["kind"] == "best" for item in incident["evidence"])), None)

        incident = wait_for(better, 120, "an incident with a better picture", every=1)
        items = {item["kind"]: item for item in incident["evidence"]}
        for kind in ("best", "bestMarked", "bestThumbnail"):
            with open(os.path.join(self.evidence, items[kind]["path"]), "rb") as file:
                picture = file.read()
            self.assertEqual((picture[:3], hashlib.sha256(picture).hexdigest()), (b"\xff\xd8\xff", items[kind]["sha256"]))
        self.assertGreater(items["best"]["timeMicroseconds"], items["snapshot"]["timeMicroseconds"])
        self.assertLessEqual(items["best"]["timeMicroseconds"], incident["lastSeenMicroseconds"] + 1)
        self.assertLess(items["bestThumbnail"]["bytes"], items["best"]["bytes"])

    def test_3_a_range_is_what_the_file_holds(self):
        incident = self.with_clips(1)[0]
        item = next(item for item in incident["evidence"] if item["kind"] == "clip")
        whole, headers = self.lookout.request(item["clip"]["playUrl"])
        self.assertEqual((headers["Content-Type"], headers["Accept-Ranges"]), ("video/mp4", "bytes"))
        self.assertEqual(hashlib.sha256(whole).hexdigest(), item["sha256"])
        part, headers = self.lookout.request(item["clip"]["playUrl"], headers={"Range": "bytes=1000-1999"})
        self.assertEqual(part, whole[1000:2000])
        self.assertEqual(headers["Content-Range"], f"bytes 1000-1999/{len(whole)}")

    def recordings(self, name):
        return self.lookout.get(f"/api/cameras/{name}/recordings?since=2000-01-01T00:00:00Z&limit=5000")["recordings"]

    def test_3_a_recording_holds_every_picture_and_plays_by_time(self):
        name = self.names[0]
        wait_for(lambda: len(self.recordings(name)) >= 4, 30, "four segments")
        found = self.recordings(name)[-4:]
        stored = [os.path.join(folder, name) for folder, _, names in os.walk(os.path.join(self.lookout.data, "recordings")) for name in names]
        for segment in found:
            path = next(path for path in stored if path.endswith(f"{name}/{segment['startMicroseconds']}.mp4"))
            with open(path, "rb") as file:
                self.assertEqual(hashlib.sha256(file.read()).hexdigest(), segment["sha256"], path)
        whole, headers = self.lookout.request(
            f"/api/cameras/{name}/recording?since={found[1]['start']}&until={found[3]['end']}")
        self.assertEqual((headers["Content-Type"], headers["Accept-Ranges"]), ("video/mp4", "bytes"))
        file = os.path.join(self.lookout.directory, "recording.mp4")
        with open(file, "wb") as opened:
            opened.write(whole)
        seen = numbers(file)
        begin = datetime.fromisoformat(headers["Lookout-Recording-Start"].replace("Z", "+00:00")).timestamp()
        first, last = self.sent_at(seen, begin, self.sent()[name], "the recording")
        self.assertLessEqual(first, found[1]["startMicroseconds"] / 1e6 + CLOCK)
        self.assertGreaterEqual(len(seen), 10 * 3 * 3)
        print(f"{len(seen)} pictures in a row from {len(found) - 1} segments: none is missing, {last - first:.1f} s")

    @unittest.skipUnless(Browser.program, "no browser")
    def test_4_a_clip_plays_and_seeks_in_a_browser(self):
        incident = self.with_clips(1)[0]
        item = next(item for item in incident["evidence"] if item["kind"] == "clip")
        browser = Browser()
        try:
            browser.open(f"http://127.0.0.1:{self.lookout.port}/")
            browser.wait(f"document.querySelector('[data-id=\"{incident['id']}\"] [data-role=open]') !== null")
            browser.value(f"document.querySelector('[data-id=\"{incident['id']}\"] [data-role=open]').click()")
            browser.wait("document.querySelector('#detail video') !== null && document.querySelector('#detail video').duration > 1")
            duration = float(browser.value("document.querySelector('#detail video').duration"))
            self.assertAlmostEqual(duration, item["clip"]["durationSeconds"], delta=0.3)
            browser.value("window.v = document.querySelector('#detail video'), v.muted = true, v.play(), 1")
            browser.wait("v.currentTime > 0.3 && v.videoWidth === 640")
            browser.value(f"v.currentTime = {duration - 1}, 1")
            browser.wait(f"!v.seeking && v.currentTime >= {duration - 1}")
            self.assertEqual(browser.value("v.error === null"), "true")
            wait_for(lambda: self.recordings(self.names[0]), 30, "a recording")
            browser.value("document.querySelector('#detail-close').click(), document.querySelector('[data-role=recording]').click(), 1")
            browser.wait("(window.r = document.querySelector('#detail video'), r.muted = true, r.play().catch(() => 0), "
                         "r.videoWidth === 640 && r.currentTime > 0.3)")
            self.assertEqual(browser.value("r.error === null"), "true")
        finally:
            browser.close()

    def test_5_what_a_kill_cuts_off_is_recovered_and_marked(self):
        unfinished = os.path.join(self.evidence, ".unfinished")

        def under_way():
            # A clip is begun while its incident is on its way into the journal: one that is there already.
            known = {incident["id"] for incident in self.incidents() if incident["state"] == "open"}
            return [name for name in os.listdir(unfinished) if name.split("~")[0] in known
                    and name.endswith(".mp4") and os.path.getsize(os.path.join(unfinished, name)) > 20_000]

        names = wait_for(under_way, 60, "a clip is being written")
        recorded = len(self.recordings(self.names[0]))
        self.lookout.stop(signal.SIGKILL)
        self.lookout.start()
        identifier = names[0].split("~")[0]

        def recovered():
            incident = self.lookout.get(f"/api/incidents/{identifier}")["incident"]
            return incident if any(item["kind"] == "clip" for item in incident["evidence"]) else None

        incident = wait_for(recovered, 20, "the clip is recovered")
        item = next(item for item in incident["evidence"] if item["kind"] == "clip")
        self.assertTrue(item["clip"]["isTruncated"] and incident["interrupted"], item)
        first, last = self.holds(incident, self.sent()[incident["camera"]])
        self.assertGreaterEqual(last - first, PRE - 1)
        wait_for(lambda: not [name for name in names if name in os.listdir(unfinished)], 10, "nothing is left unfinished")
        # Of each camera's recording the segment under way was cut off; what is written next is whole again.
        wait_for(lambda: [item for item in self.recordings(self.names[0])[recorded:] if item["isTruncated"]], 10, "a recovered segment")
        wait_for(lambda: len(self.recordings(self.names[0])) >= recorded + 2, 30, "a segment after the restart")


class TwoStreams(unittest.TestCase):
    """Detectors see the sub-stream, clips come from the main stream; what is wrong with the latter, or with the disk, is said."""

    def faults(self, component):
        return [fault for fault in self.lookout.get("/healthz").get("faults", []) if fault["component"] == component]

    def test_clips_of_the_main_stream_and_its_loss(self):
        codec = ["-c:v", "libx264", "-preset", "veryfast", "-g", "20", "-bf", "0"]
        main = RtspServer({"/main": stamped(1)})
        sub = RtspServer({"/sub": clip("arrivals", seconds=36, seed=1, size="480x270", codec=codec)[0]})
        self.lookout = lookout = Lookout([
            {"id": "gate", "source": main.url("/main"), "detectSource": sub.url("/sub"), "detect": ["motion"],
             "rules": [{"kind": "motion", "quietSeconds": 1}], "clips": {"preRollSeconds": PRE, "postRollSeconds": POST},
             "recording": {"enabled": True, "segmentSeconds": 5}}], start=False)
        # Where the folder of the day belongs, before and after midnight.
        recordings = os.path.join(lookout.data, "recordings")
        os.makedirs(recordings)
        for day in (datetime.now(timezone.utc), datetime.now(timezone.utc) + timedelta(days=1)):
            open(os.path.join(recordings, day.strftime("%Y-%m-%d")), "w").close()
        lookout.start()
        try:
            def told():
                for incident in lookout.get("/api/incidents")["incidents"]:
                    items = [item for item in incident["evidence"] if item["kind"] == "clip"]
                    if incident["state"] == "closed" and items:
                        return incident, items[0]
            incident, item = wait_for(told, 60, "an incident with a clip")
            self.assertEqual((lookout.camera("gate")["width"], item["clip"]["width"], item["clip"]["height"]), (480, 640, 360))
            self.assertGreater(len(numbers(os.path.join(lookout.data, "evidence", item["path"]))), 10 * PRE)
            begin = item["timeMicroseconds"] / 1e6
            start = datetime.fromisoformat(incident["start"].replace("Z", "+00:00")).timestamp()
            self.assertTrue(begin <= start <= begin + item["clip"]["durationSeconds"], (begin, start, item))

            self.assertIn("recordings", wait_for(lambda: self.faults("recordings"), 20, "recordings are not stored")[0]["problem"])
            self.assertRegex(lookout.request("/metrics")[0].decode(), r"lookout_recording_segments_waiting [1-9]")

            main.stop()
            wait_for(lambda: lookout.camera("gate")["state"] == "degraded", 20, "the main stream is missed")
            self.assertEqual(lookout.camera("gate")["fault"], "evidenceStreamLost")
            self.assertIn("'gate'", self.faults("main-streams")[0]["problem"])
            self.assertIn('lookout_camera_fault{camera="gate",fault="evidenceStreamLost"} 1', lookout.request("/metrics")[0].decode())
            main.start()
            lookout.wait_state("gate", "watching", 30)
            self.assertEqual(self.faults("main-streams"), [])
        finally:
            lookout.close()
            main.close()
            sub.close()


class OtherCodecs(unittest.TestCase):
    def test_hevc_is_stored_untouched_and_served_as_a_copy(self):
        source = stamped(1, codec=("-c:v", "libx265", "-preset", "ultrafast", "-x265-params", "keyint=20:bframes=0:log-level=0"))
        server = RtspServer({"/gate": source})
        lookout = Lookout([
            {"id": "gate", "source": server.url("/gate"), "detect": ["motion"], "rules": [{"kind": "motion", "quietSeconds": 1}],
             "clips": {"preRollSeconds": 1, "postRollSeconds": 1, "partSeconds": 5, "maximumSeconds": 5}}])
        try:
            def first_clip():
                for incident in lookout.get("/api/incidents")["incidents"]:
                    for item in incident["evidence"]:
                        if item["kind"] == "clip":
                            return item
            item = wait_for(first_clip, 60, "an incident with a clip")
            self.assertEqual((item["clip"]["codec"], item["clip"]["isWebReady"]), ("hevc", False))
            original, headers = lookout.request(item["clip"]["playUrl"] + "&original=true")
            self.assertEqual(hashlib.sha256(original).hexdigest(), item["sha256"])
            self.assertIsNone(headers["Lookout-Derived-From"])
            # Parameter sets in front, where Apple's players look for them.
            self.assertTrue(b"hvc1" in original and b"hev1" not in original)
            # Five seconds are all that is kept of one incident here, and the clip of a longer one says so.
            self.assertEqual(item["clip"]["isTruncated"], item["clip"].get("truncation") == "maximum-seconds")
            self.assertLess(item["clip"]["durationSeconds"], 5)
            copy, headers = lookout.request(item["clip"]["playUrl"])
            self.assertEqual(headers["Lookout-Derived-From"], item["sha256"])
            path = os.path.join(lookout.directory, "copy.mp4")
            with open(path, "wb") as file:
                file.write(copy)
            probe = json.loads(subprocess.run(
                ["ffprobe", "-v", "error", "-show_streams", "-count_packets", "-of", "json", path], capture_output=True, check=True).stdout)
            self.assertEqual(probe["streams"][0]["codec_name"], "h264")
            self.assertEqual(numbers(path), numbers(os.path.join(lookout.data, "evidence", item["path"])))
        finally:
            lookout.close()
            server.close()


if __name__ == "__main__":
    unittest.main(verbosity=2)
