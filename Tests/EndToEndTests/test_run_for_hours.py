"""Two hours of cameras, one of which comes and goes, with readers that come and go: memory, descriptors and threads do not grow.
Part of `make soak`."""
import statistics
import threading
import time
import unittest

from harness import SOAK, Lookout, RtspServer, clip, cpu_seconds, descriptors, memory_megabytes, soaked, threads

SECONDS = soaked(90.0, 7_200)


@unittest.skipUnless(SOAK, "takes hours: LOOKOUT_SOAK=1")
class Hours(unittest.TestCase):
    def test_nothing_grows(self):
        steady = RtspServer({"/gate": clip("arrivals")[0], "/yard": clip("gate")[0], "/hill": clip("hillside")[0]})
        flapping = RtspServer({"/road": clip("arrivals", seed=2)[0]})
        rules = {"rules": [{"kind": "motion", "quietSeconds": 1}], "recording": {"enabled": True, "segmentSeconds": 10, "maximumGigabytes": 0.1}}
        lookout = Lookout([
            {"id": "gate", "source": steady.url("/gate"), "detect": ["motion"], **rules},
            {"id": "yard", "source": steady.url("/yard"), "detect": ["motion"], "tamper": True, **rules},
            {"id": "hill", "source": steady.url("/hill"), "detect": ["smoke"]},
            {"id": "road", "source": flapping.url("/road"), "detect": ["motion"], **rules},
        ])
        must_end = threading.Event()

        def flap():
            while not must_end.wait(40):
                flapping.stop()
                must_end.wait(5)
                flapping.start()

        def read():
            while not must_end.wait(7):
                stream = lookout.events(after=0)
                for path in ("/api/incidents", "/api/coverage", "/metrics", "/api/cameras/gate/recordings?since=2000-01-01T00:00:00Z"):
                    lookout.request(path)
                stream.close()

        helpers = [threading.Thread(target=work, daemon=True) for work in (flap, read)]
        samples = []
        try:
            for name in ("gate", "yard", "hill", "road"):
                lookout.wait_state(name, "watching", 120)
            for helper in helpers:
                helper.start()
            pid = lookout.process.pid
            begun, cpu = time.monotonic(), cpu_seconds(pid)
            while time.monotonic() - begun < SECONDS:
                time.sleep(min(10, SECONDS / 40))
                self.assertIsNone(lookout.process.poll(), lookout.text()[-2000:])
                samples.append((time.monotonic() - begun, memory_megabytes(pid, "Pss_Anon"), len(descriptors(pid)), threads(pid)))
            cpu = (cpu_seconds(pid) - cpu) / (time.monotonic() - begun)
        finally:
            must_end.set()
            for helper in helpers:
                if helper.is_alive():
                    helper.join()
            counts = lookout.get("/api/cameras")["cameras"] if lookout.process.poll() is None else []
            lookout.close()
            steady.close()
            flapping.close()
        # The first quarter is for what is learned, cached and buffered.
        quarters = [samples[len(samples) * n // 4:len(samples) * (n + 1) // 4] for n in range(4)]
        middle = [[statistics.median(column) for column in list(zip(*quarter))[1:]] for quarter in quarters]
        for n, (memory, files, count) in enumerate(middle, 1):
            print(f"quarter {n} of {SECONDS / 60:.0f} min: {memory:.0f} MB, {files:.0f} descriptors, {count:.0f} threads (medians)")
        print(f"{100 * cpu:.0f} % of a core; reconnects {[camera['counters']['reconnects'] for camera in counts]}")
        self.assertLess(middle[3][0], middle[1][0] * 1.1 + 5, "memory grows")
        self.assertLessEqual(middle[3][1], middle[1][1] + 5, "descriptors leak")
        self.assertLessEqual(middle[3][2], middle[1][2] + 2, "threads leak")


if __name__ == "__main__":
    unittest.main(verbosity=2)
