"""The sound of a real RTSP camera: in clips and recordings as it came where the configuration asks for it, AAC for browsers,
and nowhere where it does not."""
import json
import os
import subprocess
import unittest

from harness import LOOKOUT, Lookout, RtspServer, clip, wait_for


def probe(path):
    """The tracks of a file, by kind."""
    answer = subprocess.run(
        ["ffprobe", "-v", "error", "-show_streams", "-count_packets", "-of", "json", path], capture_output=True, check=True)
    return {stream["codec_type"]: stream for stream in json.loads(answer.stdout)["streams"]}


def ticks(path):
    """When the ticks of the test's cameras are heard, in seconds."""
    answer = subprocess.run(
        ["ffmpeg", "-nostdin", "-i", path, "-vn", "-af", "apad=pad_dur=1,silencedetect=n=-40dB:d=0.3", "-f", "null", "-"],
        capture_output=True, text=True, check=True)
    ends = [float(line.split("silence_end: ")[1].split()[0]) for line in answer.stderr.splitlines() if "silence_end" in line]
    # The silence that was put behind the sound ends without a tick.
    return ends[:-1]


class Sound(unittest.TestCase):
    KINDS = {"aac": "aac", "alaw": "pcm_alaw", "mulaw": "pcm_mulaw"}

    @classmethod
    def setUpClass(cls):
        video = clip("arrivals", seconds=36, seed=1, extra=["--frame-number"])[0]
        cls.server = RtspServer({f"/{name}": video for name in [*cls.KINDS, "private"]}, sounds={
            **{f"/{kind}": kind for kind in cls.KINDS}, "/private": "aac"})
        cls.lookout = Lookout([
            {"id": name, "source": cls.server.url(f"/{name}"), "detect": ["motion"], "audio": name != "private",
             "rules": [{"kind": "motion", "quietSeconds": 1}], "clips": {"preRollSeconds": 3, "postRollSeconds": 2},
             "recording": {"enabled": True, "segmentSeconds": 5}} for name in [*cls.KINDS, "private"]])
        cls.evidence = os.path.join(cls.lookout.data, "evidence")

    @classmethod
    def tearDownClass(cls):
        cls.lookout.close()
        cls.server.close()

    def test_a_probe_tells_of_it(self):
        def figures(name):
            answer = subprocess.run(
                [LOOKOUT, "probe", self.server.url(f"/{name}"), "--seconds", "2", "--json"], capture_output=True, text=True, check=True)
            return json.loads(answer.stdout)["report"]["figures"]

        heard = figures("mulaw")
        self.assertEqual((heard["soundCodec"], heard["isSoundKept"]), ("pcm_mulaw", True))
        # Sound is no picture.
        self.assertAlmostEqual(heard["framesPerSecond"], 10, delta=1)

    def clip_of(self, name):
        """The first clip of a camera that has one."""
        def found():
            for incident in self.lookout.get("/api/incidents?limit=200")["incidents"]:
                items = [item for item in incident["evidence"] if item["kind"] == "clip"]
                if incident["camera"] == name and items:
                    return items[0]
            return None

        return wait_for(found, 90, f"a clip of {name}", every=0.5)

    def test_1_clips_hold_the_sound_as_it_came(self):
        for name, codec in self.KINDS.items():
            item = self.clip_of(name)
            self.assertEqual(item["clip"]["soundCodec"], codec)
            tracks = probe(os.path.join(self.evidence, item["path"]))
            self.assertEqual((tracks["audio"]["codec_name"], tracks["video"]["codec_name"]), (codec, "h264"))
            self.assertAlmostEqual(float(tracks["audio"]["duration"]), float(tracks["video"]["duration"]), delta=0.6)
            heard = ticks(os.path.join(self.evidence, item["path"]))
            self.assertGreaterEqual(len(heard), 3, name)
            gaps = [after - before for before, after in zip(heard, heard[1:])]
            self.assertTrue(all(abs(gap - 1) < 0.1 for gap in gaps), f"{name}: {gaps}")

    def test_2_browsers_hear_aac(self):
        for name, codec in self.KINDS.items():
            item = self.clip_of(name)
            played, headers = self.lookout.request(item["clip"]["playUrl"])
            self.assertEqual("Lookout-Derived-From" in headers, codec != "aac", name)
            path = os.path.join(self.lookout.directory, f"played-{name}.mp4")
            with open(path, "wb") as file:
                file.write(played)
            tracks = probe(path)
            self.assertEqual((tracks["audio"]["codec_name"], tracks["video"]["codec_name"]), ("aac", "h264"))
            original = probe(os.path.join(self.evidence, item["path"]))
            self.assertEqual(tracks["video"]["nb_read_packets"], original["video"]["nb_read_packets"])
            for played_at, sent_at in zip(ticks(path), ticks(os.path.join(self.evidence, item["path"]))):
                self.assertAlmostEqual(played_at, sent_at, delta=0.1)

    def test_3_what_is_not_asked_for_is_not_there(self):
        item = self.clip_of("private")
        self.assertNotIn("soundCodec", item["clip"])
        self.assertEqual(set(probe(os.path.join(self.evidence, item["path"]))), {"video"})

    def test_4_recordings_play_with_their_sound(self):
        def segments(name):
            listed = self.lookout.get(f"/api/cameras/{name}/recordings?since=2000-01-01T00:00:00Z&limit=100")["recordings"]
            return listed if len(listed) >= 3 else None

        for name in ("aac", "alaw"):
            listed = wait_for(lambda: segments(name), 40, f"three segments of {name}", every=0.5)
            played, headers = self.lookout.request(
                f"/api/cameras/{name}/recording?since={listed[0]['start']}&until={listed[2]['start']}")
            path = os.path.join(self.lookout.directory, f"recording-{name}.mp4")
            with open(path, "wb") as file:
                file.write(played)
            tracks = probe(path)
            self.assertEqual(tracks["audio"]["codec_name"], "aac", name)
            self.assertAlmostEqual(float(tracks["audio"]["duration"]), float(tracks["video"]["duration"]), delta=0.6)
            gaps = [after - before for before, after in zip(ticks(path), ticks(path)[1:])]
            self.assertTrue(len(gaps) >= 4 and all(abs(gap - 1) < 0.15 for gap in gaps), f"{name}: {gaps}")


if __name__ == "__main__":
    unittest.main()
