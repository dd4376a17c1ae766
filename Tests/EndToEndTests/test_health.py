"""What is wrong with a camera is said in one sentence, hundreds are added at once, and every minute is accounted for."""
import json
import os
import re
import signal
import socket
import subprocess
import tempfile
import threading
import time
import unittest
from datetime import datetime, timedelta

from harness import LOOKOUT, Lookout, RtspServer, clip, free_port, wait_for

NO_KEYFRAMES = ("-c:v", "libx264", "-preset", "veryfast", "-g", "100000", "-keyint_min", "100000", "-sc_threshold", "0", "-bf", "0")


def probe(*arguments, directory=None):
    done = subprocess.run(
        [LOOKOUT, "probe", "--json", "--seconds", "2", *arguments], capture_output=True, text=True, cwd=directory, timeout=120)
    return done.returncode, json.loads(done.stdout) if done.stdout else done.stderr


class SilentServer:
    """Accepts connections and answers what it is told, or nothing."""

    def __init__(self, answer=None):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.answer = answer
        self.clients = []
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            self.clients.append(client)
            threading.Thread(target=self.talk, args=(client,), daemon=True).start()

    def talk(self, client):
        try:
            while request := client.recv(4096).decode(errors="replace"):
                number = next((line.split(":")[1].strip() for line in request.splitlines() if line.lower().startswith("cseq")), "1")
                if self.answer:
                    client.sendall(self.answer(request.split(" ")[0], number).encode())
        except OSError:
            pass

    def close(self):
        self.listener.close()
        for client in self.clients:
            client.close()


def described(session):
    """An RTSP camera that describes this session and then refuses everything."""
    def answer(method, number):
        if method == "OPTIONS":
            return f"RTSP/1.0 200 OK\r\nCSeq: {number}\r\nPublic: DESCRIBE, SETUP, PLAY\r\n\r\n"
        if method == "DESCRIBE":
            return (f"RTSP/1.0 200 OK\r\nCSeq: {number}\r\nContent-Type: application/sdp\r\n"
                    f"Content-Length: {len(session)}\r\n\r\n{session}")
        return f"RTSP/1.0 200 OK\r\nCSeq: {number}\r\nSession: 1\r\nTransport: RTP/AVP/TCP;unicast;interleaved=0-1\r\n\r\n"
    return answer


SOUND = "v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=x\r\nt=0 0\r\nm=audio 0 RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\na=control:a\r\n"
ODD = "v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=x\r\nt=0 0\r\nm=video 0 RTP/AVP 96\r\na=rtpmap:96 FANCY/90000\r\na=control:v\r\n"


class Probe(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = RtspServer({"/gate": clip("gate")[0], "/main": clip("gate")[0], "/sub": clip("gate", size="320x180")[0]})
        cls.locked = RtspServer({"/gate": clip("gate")[0]}, "viewer", "right")

    @classmethod
    def tearDownClass(cls):
        cls.server.close()
        cls.locked.close()

    def test_a_sound_camera(self):
        code, found = probe(self.server.url("/gate"))
        self.assertEqual((code, found["report"]["verdict"]), (0, "healthy"), found)
        figures = found["report"]["figures"]
        self.assertEqual((figures["codec"], figures["width"], figures["height"], figures["transport"]), ("h264", 640, 360, "tcp"))
        self.assertAlmostEqual(figures["framesPerSecond"], 10, delta=1)
        self.assertAlmostEqual(figures["keyframeIntervalSeconds"], 2, delta=0.3)
        self.assertGreater(figures["bitsPerSecond"], 10_000)
        self.assertIn("source: " + self.server.url("/gate"), found["yaml"])

    def test_the_sub_stream_is_found_and_judged(self):
        code, found = probe(self.server.url("/main"))
        self.assertEqual(code, 0, found)
        self.assertIn("/sub", found["sub"]["report"]["address"])
        # 180 rows are too few for detectors that work at 360.
        self.assertFalse(found["sub"]["wouldDo"])
        self.assertIn("180 rows", found["sub"]["objection"])

    def test_wrong_password(self):
        code, found = probe(self.locked.url("/gate", "viewer:wrong@"))
        self.assertEqual((code, found["report"]["verdict"]), (1, "wrong-password"))
        self.assertNotIn("wrong@", json.dumps(found))
        code, found = probe(self.locked.url("/gate", "viewer:right@"))
        self.assertEqual(code, 0)
        self.assertNotIn("right", json.dumps(found))
        self.assertIn("${CAMERA_USER}:${CAMERA_PASSWORD}@", found["yaml"])

    def test_wrong_path(self):
        self.assertEqual(probe(self.server.url("/nowhere"))[1]["report"]["verdict"], "wrong-path")

    def test_refused(self):
        code, found = probe(f"rtsp://127.0.0.1:{free_port()}/gate")
        self.assertEqual((code, found["report"]["verdict"]), (1, "refused"))

    def test_unreachable(self):
        self.assertEqual(probe("rtsp://no-such-host.invalid/gate")[1]["report"]["verdict"], "unreachable")

    def test_stalled(self):
        server = SilentServer()
        try:
            self.assertEqual(probe(f"rtsp://127.0.0.1:{server.port}/gate")[1]["report"]["verdict"], "stalled")
        finally:
            server.close()

    def test_a_stream_that_stops(self):
        server = RtspServer({"/gate": clip("gate")[0]})
        try:
            threading.Timer(1.5, lambda: server.process.send_signal(signal.SIGSTOP)).start()
            code, found = probe("--seconds", "20", server.url("/gate"))
            self.assertEqual((code, found["report"]["verdict"]), (1, "stalled"), found)
        finally:
            server.process.send_signal(signal.SIGCONT)
            server.close()

    def test_no_video_and_unsupported_codec(self):
        for session, verdict in ((SOUND, "no-video"), (ODD, "unsupported-codec")):
            server = SilentServer(described(session))
            try:
                self.assertEqual(probe(f"rtsp://127.0.0.1:{server.port}/x")[1]["report"]["verdict"], verdict)
            finally:
                server.close()

    def test_no_keyframe(self):
        # One keyframe at the beginning of a minute, which a viewer that comes later never sees.
        server = RtspServer({"/gate": clip("gate", codec=NO_KEYFRAMES)[0]})
        first = subprocess.Popen(
            ["ffmpeg", "-nostdin", "-v", "quiet", "-rtsp_transport", "tcp", "-i", server.url("/gate"), "-f", "null", "-"])
        try:
            time.sleep(2)
            code, found = probe(server.url("/gate"))
            self.assertEqual((code, found["report"]["verdict"]), (1, "no-keyframe"), found)
            lookout = Lookout([{"id": "gate", "source": server.url("/gate"), "detect": ["motion"]}])
            try:
                wait_for(lambda: lookout.camera("gate").get("fault") == "noWholePicture", 20, "the missing keyframe is named")
                camera = lookout.camera("gate")
                self.assertEqual(camera["state"], "blind")
                self.assertGreater(camera["counters"]["packetsBeforeKeyframe"], 20)
                self.assertRegex(lookout.request("/metrics")[0].decode(), r'lookout_packets_before_keyframe_total\{camera="gate"\} [1-9]')
            finally:
                lookout.close()
        finally:
            first.kill()
            first.wait()
            server.close()


class Import(unittest.TestCase):
    def test_a_table_of_cameras(self):
        server = RtspServer({"/gate": clip("gate")[0]}, "viewer", "p@ss:w/rd%40")
        directory = tempfile.mkdtemp(prefix="lookout-")
        config = os.path.join(directory, "streams.yaml")
        with open(config, "w") as file:
            file.write("# my site\nsite: {name: Test}\ncameras:\n  - id: old\n    source: old.mp4   # stays\ncenter: {listen: 127.0.0.1:9999}\n")
        rows = ["id,name,source,user,password,uplink"]
        rows += [f'cam-{n},"Cổng, số {n}",{server.url("/gate")},viewer,p@ss:w/rd%40,switch-1' for n in range(12)]
        rows.append(f"bad,,rtsp://127.0.0.1:{free_port()}/x,,,")
        # Passwords within addresses are moved where the others go; what is wrong costs its own row only.
        rows.append(f"inline,,{server.url('/gate').replace('://', '://viewer:p%40ss%3Aw%2Frd%2540@')},,,")
        wrong = {"query": "query,,rtsp://127.0.0.1/x?password=hunter2,,,", "sp ace": "sp ace,,rtsp://127.0.0.1/x,,,",
                 "cam-3": f"cam-3,,{server.url('/gate')},viewer,p@ss:w/rd%40,", "7 fields": "many,,rtsp://127.0.0.1/x,,,,",
                 "unknown scheme": "odd,,gopher://127.0.0.1/x,,,", "another user": "two,,rtsp://a:hunter2@127.0.0.1/x,b,hunter2,"}
        lines = {word: len(rows) + 1 + index for index, word in enumerate(wrong)}
        rows += wrong.values()
        table = os.path.join(directory, "cameras.csv")
        with open(table, "w") as file:
            file.write("\n".join(rows) + "\n")
        try:
            command = [LOOKOUT, "cameras", "import", table, "--config", config, "--seconds", "1", "--jobs", "6"]
            done = subprocess.run(command, capture_output=True, text=True, timeout=180)
            self.assertEqual(done.returncode, 1, done.stdout + done.stderr)
            self.assertIn("bad", done.stdout)
            text = open(config).read()
            self.assertTrue(text.startswith("# my site\n") and "# stays" in text and "127.0.0.1:9999" in text, text)
            self.assertEqual(text.count("- id: \"cam-"), 12)
            self.assertEqual(text.count("- id: "), 14)
            self.assertIn(f"13 of {len(rows) - 1} cameras added", done.stdout)
            for secret in ("p@ss", "p%40ss", "hunter2"):
                self.assertNotIn(secret, text + done.stdout + done.stderr)
            self.assertEqual(open(os.path.join(directory, "secrets", "inline")).read(), "p@ss:w/rd%40")
            for word, line in lines.items():
                self.assertRegex(done.stderr, rf"(?m)^{re.escape(table)}:{line}: .*\.$", f"{word}: {done.stderr}")
            self.assertEqual(sorted(os.listdir(os.path.join(directory, "secrets"))), sorted([f"cam-{n}" for n in range(12)] + ["inline"]))
            self.assertNotIn("bad", text)
            self.assertEqual(os.stat(os.path.join(directory, "secrets", "cam-0")).st_mode & 0o777, 0o600)
            check = subprocess.run([LOOKOUT, "check", config], capture_output=True, text=True)
            self.assertEqual(check.returncode, 0, check.stdout + check.stderr)
            # Again: they are all there, and nothing is added twice.
            done = subprocess.run(command, capture_output=True, text=True, timeout=180)
            self.assertEqual(open(config).read(), text, done.stdout)
        finally:
            server.close()
            subprocess.run(["rm", "-r", directory])


class Coverage(unittest.TestCase):
    def test_every_minute_is_accounted_for(self):
        server = RtspServer({"/gate": clip("gate")[0]})
        other = RtspServer({"/yard": clip("gate")[0]})
        lookout = Lookout([{"id": "gate", "source": server.url("/gate"), "detect": ["motion"],
                            "recording": {"enabled": True, "segmentSeconds": 5}},
                           {"id": "yard", "source": other.url("/yard"), "detect": ["motion"], "rules": []}])
        try:
            lookout.wait_state("gate", "watching", 30)
            lookout.wait_state("yard", "watching", 30)
            other.close()
            lost = time.time()
            # From the next segment on nothing can be recorded.
            os.rename(lookout.data + "/recordings/.unfinished", lookout.data + "/recordings/.away")
            counters = lookout.camera("gate")["counters"]
            self.assertAlmostEqual(wait_for(lambda: lookout.camera("gate")["counters"].get("keyframeIntervalSeconds"), 10, "keyframes"), 2, delta=0.4)
            self.assertEqual(lookout.camera("gate")["counters"]["packetsLost"], 0, counters)
            metrics = lookout.request("/metrics")[0].decode()
            self.assertIn('lookout_camera_latency_seconds{camera="gate"}', metrics)
            # The minute under way ends, and is written within seconds.
            unrecorded = wait_for(lambda: lookout.get("/api/coverage?camera=gate")["cameras"][0].get("unrecorded"), 150, "a minute is told", every=1)
            self.assertEqual([(span["fault"], span["minutes"]) for span in unrecorded["spans"]], [("unwritable", 1)])
            self.assertTrue(1 <= unrecorded["seconds"] <= 60, unrecorded)
            report = lookout.get("/api/coverage")["cameras"][0]
            self.assertEqual(report["camera"], "gate")
            self.assertAlmostEqual(sum(report["percent"].values()), 100, delta=0.1)
            done = subprocess.run([LOOKOUT, "health", "--since", "1h", lookout.config], capture_output=True, text=True,
                                  env=lookout.environment)
            # Lookout started within the minute: the time before it is blind.
            self.assertEqual(done.returncode, 1, done.stdout + done.stderr)
            self.assertIn("gate  ", done.stdout)
            self.assertIn("watched", done.stdout)
            self.assertRegex(done.stdout, r"(?m)^  .*  1 min  not recorded  The folder of recordings cannot be written to")

            def asked(*words):
                return subprocess.run([LOOKOUT, "health", *words, lookout.config], capture_output=True, text=True, env=lookout.environment)
            last = report["spans"][-1]["start"]
            second = last.replace(":00.000Z", ":30.000Z")
            spans = lookout.get(f"/api/coverage?since={second}&until={second.replace(':30.', ':31.')}")["cameras"][0]["spans"]
            self.assertEqual([(span["start"], span["minutes"]) for span in spans], [(last, 1)])
            local = (datetime.fromisoformat(last.replace("Z", "+00:00")) + timedelta(hours=7)).strftime("%H:%M")
            for moment in (last.replace(".000", ""), local):
                done = asked("--at", moment, "--camera", "gate")
                self.assertRegex(done.stdout, rf"^gate was \w+ at \d{{4}}-\d\d-\d\d {local}\b.*\.\n$")
                self.assertIn(done.returncode, (0, 1), done.stderr)
                self.assertIn("It was not recorded: The folder of recordings", done.stdout)
            self.assertEqual(asked("--at", "2020-01-01 03:12", "--camera", "gate").stdout, "Nothing is recorded of gate at 2020-01-01 03:12.\n")
            self.assertEqual(asked("--at", "noon").returncode, 2)
            self.assertEqual(asked("--camera", "nobody").returncode, 2)
            self.shows_what_was_seen_last(lookout, lost)
        finally:
            lookout.close()
            server.close()
            other.close()

    def shows_what_was_seen_last(self, lookout, lost):
        """The stream of a camera that was lost meanwhile has an incident with its last picture, and a clip of what came before."""
        losses = lambda: lookout.get("/api/incidents?kind=stream-lost")["incidents"]
        told = lambda: [i for i in losses() if {"clip", "snapshot"} <= {item["kind"] for item in i["evidence"]}]
        incident = wait_for(told, 40, lambda: f"a loss with picture and clip: {losses()}")[0]
        self.assertEqual((incident["camera"], incident["state"]), ("yard", "open"))
        evidence = {item["kind"]: item for item in incident["evidence"]}
        self.assertAlmostEqual(evidence["snapshot"]["timeMicroseconds"] / 1e6, lost, delta=3, msg="the last picture")
        shown = evidence["clip"]["clip"]["durationSeconds"]
        self.assertGreater(shown, 1)
        self.assertAlmostEqual(evidence["clip"]["timeMicroseconds"] / 1e6 + shown, lost, delta=3, msg="the clip ends with what came last")


if __name__ == "__main__":
    unittest.main(verbosity=2)
