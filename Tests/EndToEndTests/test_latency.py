"""From half of a person being in the picture to the event that a program receives."""
import json
import os
import time
import unittest

from harness import Lookout, RtspServer, clip, wait_for

ARRIVALS = int(os.environ.get("LOOKOUT_ARRIVALS", "12"))


def half_visible_frames(truth_path):
    """Numbers of the frames on which a person is first half in the picture, by the scene's own truth."""
    halves, seen = [], {}
    for line in open(truth_path):
        frame = json.loads(line)
        for thing in frame["objects"]:
            if thing["kind"] == "person" and thing["visibleFraction"] >= 0.5 and not seen.get(thing["id"]):
                seen[thing["id"]] = True
                halves.append(frame["frame"])
    return halves


class Latency(unittest.TestCase):
    def test_person_to_event(self):
        video, truth = clip("gate")
        halves = set(half_visible_frames(truth))
        self.assertTrue(halves, "the scene holds people")
        # Each camera joins the same media: one arrival gives one measurement per camera.
        server = RtspServer({"/gate": video})
        lookout = Lookout([
            {"id": "gate", "source": server.url("/gate"), "detect": ["motion"], "rules": [{"kind": "motion", "quietSeconds": 3}]}])
        stream = lookout.events(after=0)
        try:
            delays, moments, deadline = [], [], time.monotonic() + 60 + ARRIVALS * 30
            while len(delays) < ARRIVALS and time.monotonic() < deadline:
                _, event, arrived = stream.next(90)
                if event["change"] != "opened":
                    continue
                # The last half-visible frame that was pushed before the event.
                pushed = [row["wallMicroseconds"] / 1e6 for row in server.pushed() if row["clipFrame"] in halves]
                before = [moment for moment in pushed if moment <= arrived]
                if before and arrived - before[-1] < 5:
                    delays.append(arrived - before[-1])
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
