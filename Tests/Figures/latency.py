"""From half of a person being in the picture to the event that a program receives."""
import json
import os
import sys
import time
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "EndToEndTests"))
from harness import Lookout, RtspServer, clip  # noqa: E402

ARRIVALS = int(os.environ.get("LOOKOUT_ARRIVALS", "12"))
SEEDS = (1, 2, 3)


def half_visible_frames(truth_path):
    """Numbers of the frames on which a person is first half in the picture, by the scene's own truth."""
    halves, seen = set(), set()
    for line in open(truth_path):
        frame = json.loads(line)
        for thing in frame["objects"]:
            if thing["kind"] == "person" and thing["visibleFraction"] >= 0.5 and thing["id"] not in seen:
                seen.add(thing["id"])
                halves.add(frame["frame"])
    return halves


class Latency(unittest.TestCase):
    def test_person_to_event(self):
        clips = {f"/c{seed}": clip("arrivals", seconds=72, seed=seed) for seed in SEEDS}
        halves = {mount: half_visible_frames(truth) for mount, (_, truth) in clips.items()}
        self.assertTrue(all(halves.values()), "people arrive in every scene")
        server = RtspServer({mount: video for mount, (video, _) in clips.items()})
        lookout = Lookout([
            {"id": mount[1:], "source": server.url(mount), "detect": ["motion"], "rules": [{"kind": "motion", "quietSeconds": 2}]}
            for mount in clips])
        stream = lookout.events(after=0)
        try:
            # An arrival counts once its 6 s are over, and not while the cameras still learn.
            begun, deadline = time.time(), time.monotonic() + 60 + ARRIVALS * 20
            opened, arrivals = [], []
            while len(arrivals) < ARRIVALS and time.monotonic() < deadline:
                time.sleep(1)
                for _, event, arrived in stream.drain():
                    if event["change"] == "opened":
                        opened.append(("/" + event["incident"]["camera"], arrived))
                arrivals = [(row["mount"], row["wallMicroseconds"] / 1e6) for row in server.pushed()
                            if row["clipFrame"] in halves[row["mount"]]
                            and begun + 5 < row["wallMicroseconds"] / 1e6 < time.time() - 6]
            self.assertGreaterEqual(len(arrivals), ARRIVALS, "people arrive")
            delays = []
            for mount, moment in arrivals:
                near = [arrived - moment for camera, arrived in opened if camera == mount and abs(arrived - moment) < 6]
                if near:
                    # Told before half of the person is seen: no delay.
                    delays.append(max(0.0, min(near, key=abs)))
            self.assertGreaterEqual(len(delays), 0.9 * len(arrivals), "too few arrivals were told of")
            delays.sort()
            median, p95 = delays[len(delays) // 2], delays[min(len(delays) - 1, int(len(delays) * 0.95))]
            print(f"\nhalf a person to event, {len(delays)} of {len(arrivals)} arrivals, {len(opened)} incidents: "
                  f"median {median:.2f} s, 95th percentile {p95:.2f} s")
            self.assertLess(p95, 1.0)
        finally:
            stream.close()
            lookout.close()
            server.close()


if __name__ == "__main__":
    unittest.main(verbosity=2)
