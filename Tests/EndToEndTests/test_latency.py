"""From half of a person being in the picture to the event: the first person of two cameras."""
import datetime
import json
import time
import unittest

from harness import Lookout, RtspServer, clip

SEEDS = (1, 2, 3)


def half_visible_frames(truth_path):
    """Numbers of the frames on which a person is first half in the picture, by the scene's own truth."""
    halves, seen = set(), set()
    with open(truth_path) as lines:
        for frame in map(json.loads, lines):
            for thing in frame["objects"]:
                if thing["kind"] == "person" and thing["visibleFraction"] >= 0.5 and thing["id"] not in seen:
                    seen.add(thing["id"])
                    halves.add(frame["frame"])
    return halves


def latencies(seeds, seconds, arrivals, patience):
    """For each arrival (until found, told) in seconds after half of the person was sent, and how many arrivals there were.

    `found` is by the capture time of the picture that opened the incident, so a slow machine does not change it; `told`
    is when a subscriber had the event. Someone who was told of before, by his shadow, counts as 0.
    """
    clips = {f"/c{seed}": clip("arrivals", seconds=seconds, seed=seed) for seed in seeds}
    halves = {mount: half_visible_frames(truth) for mount, (_, truth) in clips.items()}
    server = RtspServer({mount: video for mount, (video, _) in clips.items()})
    lookout = Lookout([
        {"id": mount[1:], "source": server.url(mount), "detect": ["motion"], "rules": [{"kind": "motion", "quietSeconds": 2}]}
        for mount in clips])
    stream = lookout.events(after=0)
    try:
        opened, came, deadline = [], [], time.monotonic() + patience
        while len(came) < arrivals and time.monotonic() < deadline:
            time.sleep(0.5)
            for _, event, told in stream.drain():
                if event["change"] == "opened":
                    seen = datetime.datetime.fromisoformat(event["incident"]["lastSeen"].replace("Z", "+00:00")).timestamp()
                    opened.append(("/" + event["incident"]["camera"], seen, told))
            # An arrival counts once 3 s are over; nobody arrives sooner than 5 s after another.
            came = [(row["mount"], row["wallMicroseconds"] / 1e6) for row in server.pushed()
                    if row["clipFrame"] in halves[row["mount"]] and row["wallMicroseconds"] / 1e6 < time.time() - 3]
        delays = []
        for mount, moment in came:
            near = [(seen - moment, told - moment) for camera, seen, told in opened if camera == mount and abs(told - moment) < 3]
            if near:
                delays.append(tuple(max(0.0, delay) for delay in min(near, key=lambda pair: abs(pair[1]))))
        return delays, len(came)
    finally:
        stream.close()
        lookout.close()
        server.close()


class Latency(unittest.TestCase):
    def test_the_first_person_of_each_camera(self):
        delays, came = latencies(SEEDS[:2], seconds=36, arrivals=2, patience=60)
        self.assertEqual(len(delays), came, "each arrival is told of")
        found, told = (sorted(column) for column in zip(*delays))
        # Whatever else the machine does: by capture time people are found in time, and the quickest is told of in time.
        self.assertLess(found[-1], 0.8)
        self.assertLess(told[0], 1.0)


if __name__ == "__main__":
    unittest.main(verbosity=2)
