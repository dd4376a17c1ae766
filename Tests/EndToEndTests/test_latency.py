"""From half of a person being in the picture to the event that a program receives."""
import json
import os
import time
import unittest

from harness import Lookout, RtspServer, clip

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
            delays, opened, deadline = [], 0, time.monotonic() + 60 + ARRIVALS * 20
            while opened < ARRIVALS and time.monotonic() < deadline:
                _, event, arrived = stream.next(60)
                if event["change"] != "opened":
                    continue
                opened += 1
                mount = "/" + event["incident"]["camera"]
                moments = [row["wallMicroseconds"] / 1e6 for row in server.pushed()
                           if row["mount"] == mount and row["clipFrame"] in halves[mount]]
                # The arrival that this event tells of: the nearest one. Told before half of it is seen: no delay.
                nearest = min((arrived - moment for moment in moments), key=abs, default=None)
                self.assertIsNotNone(nearest, f"{event['incident']['id']} is nobody's arrival")
                self.assertLess(abs(nearest), 6, f"{event['incident']['id']} is nobody's arrival")
                delays.append(max(0.0, nearest))
            self.assertGreaterEqual(len(delays), ARRIVALS, "too few arrivals were told of")
            delays.sort()
            median, p95 = delays[len(delays) // 2], delays[min(len(delays) - 1, int(len(delays) * 0.95))]
            print(f"\nhalf a person to event over {len(delays)} arrivals: median {median:.2f} s, 95th percentile {p95:.2f} s")
            self.assertLess(p95, 1.0)
        finally:
            stream.close()
            lookout.close()
            server.close()


if __name__ == "__main__":
    unittest.main(verbosity=2)
