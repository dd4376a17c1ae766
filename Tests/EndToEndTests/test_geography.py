"""`lookout locate`, `calibrate` and `danger` as a shell calls them, against calculations of their own.

The references use other methods than Lookout does: rotation matrices built from axes, Vincenty's direct formula only through
a local sphere of curvature, and the saturation deficit by the formula of the Smithsonian tables' kind (Tetens).
"""
import csv
import json
import math
import os
import random
import subprocess
import tempfile
import unittest

from harness import LOOKOUT

SITE = """
cameras:
  - id: tower-3
    source: rtsp://10.0.1.9/main
    pose: {latitude: 10.3291, longitude: 103.9812, heightMetres: 310, azimuthDegrees: 48.5, tiltDegrees: -1.2, rollDegrees: 0, fieldOfViewDegrees: 54.2, sigmaDegrees: 0.5}
  - id: tower-1
    source: rtsp://10.0.1.7/main
    pose: {latitude: 10.3005, longitude: 104.0612, heightMetres: 180, azimuthDegrees: 330, tiltDegrees: 1.5, rollDegrees: 2, fieldOfViewDegrees: 70, sigmaDegrees: 0.3}
  - id: blind
    source: rtsp://10.0.1.8/main
"""


def run(*arguments):
    done = subprocess.run([LOOKOUT, *map(str, arguments)], capture_output=True, text=True, timeout=60)
    return done.returncode, done.stdout, done.stderr


def turn(axis, degrees, vector):
    """Rodrigues' rotation."""
    angle = math.radians(degrees)
    dot = sum(a * v for a, v in zip(axis, vector))
    cross = (axis[1] * vector[2] - axis[2] * vector[1], axis[2] * vector[0] - axis[0] * vector[2],
             axis[0] * vector[1] - axis[1] * vector[0])
    return tuple(v * math.cos(angle) + c * math.sin(angle) + a * dot * (1 - math.cos(angle))
                 for a, v, c in zip(axis, vector, cross))


def bearing(azimuth, tilt, roll, field, x, y, aspect=16 / 9):
    """Azimuth and elevation of a picture point: the camera is turned about its own axes, one after the other."""
    right, up, ahead = (1, 0, 0), (0, 0, 1), (0, 1, 0)
    right, ahead = turn(up, -azimuth, right), turn(up, -azimuth, ahead)
    up, ahead = turn(right, tilt, up), turn(right, tilt, ahead)
    right, up = turn(ahead, roll, right), turn(ahead, roll, up)
    half = math.tan(math.radians(field / 2))
    ray = [a + (2 * x - 1) * half * r + (1 - 2 * y) * half / aspect * u for a, r, u in zip(ahead, right, up)]
    return math.degrees(math.atan2(ray[0], ray[1])) % 360, math.degrees(math.atan2(ray[2], math.hypot(*ray[:2])))


def metres_per_degree(latitude):
    a, e2, s = 6378137.0, 0.00669437999014, math.sin(math.radians(latitude))
    north = a * (1 - e2) / (1 - e2 * s * s) ** 1.5
    east = a / math.sqrt(1 - e2 * s * s) * math.cos(math.radians(latitude))
    return math.radians(north), math.radians(east)


def deficit(celsius, percent):
    """Tetens (1930): within 0.3 % of the Magnus formula of the WMO between 0 and 45 degrees."""
    return 6.1078 * 10 ** (7.5 * celsius / (celsius + 237.3)) * (1 - percent / 100)


class Geography(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.site = os.path.join(cls.folder.name, "streams.yaml")
        with open(cls.site, "w", encoding="utf-8") as file:
            file.write(SITE)

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def file(self, name, text):
        path = os.path.join(self.folder.name, name)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        return path

    def test_bearings_cross_where_an_independent_calculation_says(self):
        code, out, err = run("locate", "tower-3:0.41,0.52", "tower-1:0.77,0.48", "--json", "--config", self.site)
        self.assertEqual(code, 0, err)
        answer = json.loads(out)
        one = bearing(48.5, -1.2, 0, 54.2, 0.41, 0.52)
        two = bearing(330, 1.5, 2, 70, 0.77, 0.48)
        for found, expected, sigma in zip(answer["bearings"], (one, two), (0.5, 0.3)):
            self.assertAlmostEqual(found["azimuthDegrees"], expected[0], 6)
            self.assertAlmostEqual(found["elevationDegrees"], expected[1], 6)
            self.assertAlmostEqual(found["sigmaDegrees"], sigma, 1)
        self.assertEqual([b["camera"] for b in answer["bearings"]], ["tower-3", "tower-1"])
        # Two lines in the plane around their middle; the meridians of both towers converge by 0.014 degrees.
        north, east = metres_per_degree(10.315)
        (x1, y1), (x2, y2) = (0, 0), ((104.0612 - 103.9812) * east, (10.3005 - 10.3291) * north)
        d1, d2 = [(math.sin(math.radians(a)), math.cos(math.radians(a))) for a, _ in (one, two)]
        share = ((x2 - x1) * d2[1] - (y2 - y1) * d2[0]) / (d1[0] * d2[1] - d1[1] * d2[0])
        x, y = share * d1[0], share * d1[1]
        self.assertLess(abs(answer["longitude"] - (103.9812 + x / east)) * east, 20)
        self.assertLess(abs(answer["latitude"] - (10.3291 + y / north)) * north, 20)
        self.assertGreater(answer["semiMajorMetres"], answer["semiMinorMetres"])
        self.assertTrue(0 <= answer["orientationDegrees"] < 180)
        code, text, _ = run("locate", "tower-3:0.41,0.52", "tower-1:0.77,0.48", "--config", self.site)
        self.assertEqual(code, 0)
        self.assertIn("position", text)
        self.assertIn("VN-2000", text)

    def test_a_single_sighting_has_its_range_to_the_ground(self):
        code, out, err = run("locate", "tower-3:0.5,0.6", "--json", "--config", self.site)
        self.assertEqual(code, 0, err)
        answer = json.loads(out)
        _, elevation = bearing(48.5, -1.2, 0, 54.2, 0.5, 0.6)
        reach = answer["bearings"][0]["rangeMetres"]
        height = reach * math.tan(math.radians(-elevation)) - (1 - 0.13) * reach * reach / (2 * 6.355e6)
        self.assertLess(abs(height - 310), 2)
        code, out, _ = run("locate", "tower-3:0.5,0.1", "--json", "--config", self.site)
        self.assertEqual(code, 0)
        self.assertEqual(json.loads(out)["refusal"]["code"], "above-horizon")
        self.assertNotIn("latitude", json.loads(out))

    def test_what_cannot_be_located_is_refused_with_its_reason(self):
        code, out, _ = run("locate", "tower-3:0.41,0.52", "tower-3:0.6,0.48", "--json", "--config", self.site)
        self.assertEqual(code, 1)
        self.assertEqual(json.loads(out)["refusal"]["code"], "one-place")
        self.assertEqual(len(json.loads(out)["bearings"]), 2)
        for arguments, wanted, words in (
                (["tower-3:1.2,0.5"], 2, "outside the picture"), (["tower-3"], 2, "no sighting"),
                (["tower-3:nan,0.5"], 2, "tower-3:nan,0.5"), (["tower-9:0.1,0.5"], 2, "no camera"),
                (["blind:0.1,0.5"], 1, "has no pose"), ([], 2, "")):
            code, _, err = run("locate", *arguments, "--config", self.site)
            self.assertEqual(code, wanted, arguments)
            self.assertIn(words, err)
        self.assertEqual(run("locate", "a:0.1,0.5", "--config", "/nonexistent.yaml")[0], 3)

    def test_maps_that_cannot_be_used_are_named(self):
        broken = self.file("broken.yaml", "geography: {elevationModel: no.asc}\n" + SITE)
        code, _, err = run("locate", "tower-3:0.5,0.6", "--config", broken)
        self.assertEqual(code, 3)
        self.assertIn("no.asc", err)
        self.file("bad.geojson", '{"type": "FeatureCollection", "features": [{"geometry": {"type": "Point"}}]}')
        broken = self.file("broken2.yaml", "geography: {places: bad.geojson}\n" + SITE)
        code, _, err = run("check", broken)
        self.assertEqual(code, 3)
        self.assertIn("feature 1", err)

    def test_landmarks_give_the_pose_back(self):
        marks = []
        north, east = metres_per_degree(10.33)
        for x, y, reach in ((0.1, 0.45, 6000), (0.55, 0.6, 4000), (0.9, 0.5, 9000)):
            azimuth, elevation = bearing(48.5, -1.2, 0, 54.2, x, y)
            height = 310 + reach * math.tan(math.radians(elevation)) + 0.87 * reach * reach / (2 * 6.355e6)
            latitude = 10.3291 + reach * math.cos(math.radians(azimuth)) / north
            longitude = 103.9812 + reach * math.sin(math.radians(azimuth)) / east
            marks.append(f"{x},{y}={latitude:.7f},{longitude:.7f},{height:.2f}")
        wrong = self.file("wrong.yaml", SITE.replace("48.5", "200").replace("54.2", "20").replace("-1.2", "0"))
        code, out, err = run("calibrate", "tower-3", *marks, "--config", wrong, "--json")
        self.assertEqual(code, 0, err)
        answer = json.loads(out)
        self.assertAlmostEqual(answer["azimuthDegrees"], 48.5, 1)
        self.assertAlmostEqual(answer["tiltDegrees"], -1.2, 1)
        self.assertAlmostEqual(answer["fieldOfViewDegrees"], 54.2, 1)
        self.assertEqual(len(answer["residuals"]), 3)
        self.assertRegex(run("calibrate", "tower-3", *marks, "--config", wrong)[1], r"azimuthDegrees: 48\.(49|5)")
        self.assertEqual(run("calibrate", "tower-3", marks[0], "--config", wrong)[0], 1)
        self.assertEqual(run("calibrate", "tower-3", "x", "--config", wrong)[0], 2)

    def test_the_fire_danger_is_that_of_an_independent_calculation(self):
        generator = random.Random(4)
        rows, p, expected = [], 0.0, []
        for day in range(1, 29):
            celsius, percent = round(generator.uniform(24, 38), 1), round(generator.uniform(35, 95), 1)
            rain = generator.choice([0, 0, 0, 0, 0, 0.4, 4.9, 5, 31])
            rows.append((f"2026-02-{day:02}", celsius, percent, rain))
            p = 0.0 if rain >= 5 else p + celsius * deficit(celsius, percent)
            expected.append(p)
        path = os.path.join(self.folder.name, "weather.csv")
        with open(path, "w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(["date", "temperatureC", "relativeHumidityPercent", "rainMillimetres"])
            writer.writerows(rows)
        code, out, err = run("danger", path, "--json")
        self.assertEqual(code, 0, err)
        answers = [json.loads(line) for line in out.splitlines()]
        self.assertEqual([a["date"] for a in answers], [row[0] for row in rows])
        for answer, value in zip(answers, expected):
            self.assertLessEqual(abs(answer["p"] - value), 0.005 * value + 0.1)
            self.assertEqual(set(answer), {"date", "p", "level"})
            limits = [limit for limit in (1000, 2500, 5000, 10000) if answer["p"] > limit]
            self.assertEqual(answer["level"], 1 + len(limits))
        province = self.file("province.yaml", "fireDanger: {highestP: [10, 20, 30, 40], resetRainMillimetres: 100}\n" + SITE)
        code, out, _ = run("danger", path, "--config", province, "--initial", "7", "--json")
        self.assertEqual(code, 0)
        self.assertEqual(json.loads(out.splitlines()[-1])["level"], 5)
        self.assertIn("cấp", run("danger", path)[1])

    def test_weather_that_cannot_be_used_is_named_by_line(self):
        path = self.file("odd.csv", "date,temperatureC,relativeHumidityPercent,rainMillimetres\n2026-02-01,91,50,0\n2026-02-02,x,0.5,-1\n")
        code, out, err = run("danger", path, "--json")
        self.assertEqual((code, out), (3, ""))
        self.assertIn("odd.csv:2: 'temperatureC' is 91", err)
        self.assertIn("odd.csv:3: 'x' is no number", err)
        self.assertEqual(run("danger", self.file("empty.csv", ""))[0], 3)
        self.assertEqual(run("danger", "/nonexistent.csv")[0], 3)
        self.assertEqual(run("danger", path, "--initial", "nan")[0], 2)


if __name__ == "__main__":
    unittest.main()
