"""What the end-to-end tests and the figures share: a real RTSP server, a real `lookout run`, its API and its event stream.

Everything runs on loopback, on free ports, and is stopped by process id. LOOKOUT_BIN names the program under test
(default: the debug build), LOOKOUT_RENDER the scene renderer.
"""
import json
import os
import queue
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.environ.get("LOOKOUT_BUILD", os.path.join(ROOT, ".build", "debug"))
LOOKOUT = os.environ.get("LOOKOUT_BIN", os.path.join(BUILD, "lookout"))
RENDER = os.environ.get("LOOKOUT_RENDER", os.path.join(BUILD, "render-scene"))
SHARED = os.path.join(os.path.dirname(ROOT), "shared")
CLIPS = os.environ.get("LOOKOUT_CLIPS", os.path.join(ROOT, ".build", "scenes"))

# With LOOKOUT_SOAK=1 tests take hours instead of seconds; LOOKOUT_SOAK_SHARE makes it a part of that.
SOAK = os.environ.get("LOOKOUT_SOAK") == "1"
SOAK_SHARE = float(os.environ.get("LOOKOUT_SOAK_SHARE", "1"))


def soaked(usual, soak):
    """How long or how often: `usual`, or with LOOKOUT_SOAK=1 as much of `soak` as the share says."""
    return max(usual, type(usual)(soak * SOAK_SHARE)) if SOAK else usual


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def wait_for(condition, seconds, what, every=0.05):
    """The first true value of `condition`; fails with `what` after `seconds`."""
    end = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError(f"not within {seconds} s: {what() if callable(what) else what}")
        time.sleep(every)


def clip(scene, size="640x360", fps=10, seconds=60, seed=1, codec=("-c:v", "libx264", "-preset", "veryfast", "-g", "20", "-bf", "0"), extra=()):
    """Renders a scene once and returns (path of the MP4, path of its truth)."""
    os.makedirs(CLIPS, exist_ok=True)
    name = f"{scene}-{size}-{fps}-{seconds}-{seed}" + "".join(str(word).strip("-") for word in (*codec[1:], *extra))
    video, truth = os.path.join(CLIPS, name + ".mp4"), os.path.join(CLIPS, name + ".jsonl")
    if not os.path.exists(video):
        temporary = f"{video}.{os.getpid()}.mp4"
        render = subprocess.Popen(
            [RENDER, scene, "--size", size, "--fps", str(fps), "--seconds", str(seconds), "--seed", str(seed),
             "--y4m", "-", "--truth", truth, *map(str, extra)], stdout=subprocess.PIPE)
        subprocess.run(
            ["ffmpeg", "-v", "error", "-y", "-i", "-", *codec, "-pix_fmt", "yuv420p", "-movflags", "+faststart", temporary],
            stdin=render.stdout, check=True)
        render.stdout.close()
        if render.wait() != 0:
            raise AssertionError(f"render-scene {scene} failed")
        os.rename(temporary, video)
    return video, truth


class RtspServer:
    """The demo's RTSP server on a port that stays its own over stops and starts."""

    def __init__(self, mounts, user=None, password=None, sounds=None):
        self.mounts, self.user, self.password, self.sounds = mounts, user, password, sounds or {}
        self.port = free_port()
        self.log = tempfile.mktemp(suffix=".rtsp.jsonl")
        self.process = None
        self.start()

    def start(self):
        # Debian's own Python: the one that its python3-gi package is for, whichever comes first in PATH.
        command = ["/usr/bin/python3", os.path.join(ROOT, "Demo", "rtsp-server.py"), "--port", str(self.port), "--log", self.log]
        for mount, path in self.mounts.items():
            command += ["--mount", f"{mount}={path}"]
        for mount, codec in self.sounds.items():
            command += ["--sound", f"{mount}={codec}"]
        if self.user:
            command += ["--user", self.user, "--password", self.password]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        line = self.process.stdout.readline()
        if "port" not in line:
            raise AssertionError(f"RTSP server did not start: {line!r}")

    def stop(self, how=signal.SIGKILL):
        if self.process:
            self.process.send_signal(how)
            self.process.wait()
            self.process.stdout.close()
            self.process = None

    def url(self, mount, credentials=""):
        return f"rtsp://{credentials}127.0.0.1:{self.port}{mount}"

    def pushed(self):
        """One dict for each access unit that was sent."""
        with open(self.log) as lines:
            return [json.loads(line) for line in lines if line.endswith("\n")]

    def close(self):
        self.stop()
        if os.path.exists(self.log):
            os.unlink(self.log)


class Lookout:
    """A running `lookout run` with a directory, a port and a token of its own."""

    TOKEN = "end-to-end-token-0123456789abcdef"

    def __init__(self, cameras, extra_environment=None, directory=None, start=True, settings=None):
        self.directory = directory or tempfile.mkdtemp(prefix="lookout-")
        self.port = free_port()
        self.data = os.path.join(self.directory, "data")
        self.config = os.path.join(self.directory, "streams.yaml")
        self.output = os.path.join(self.directory, "output.log")
        self.environment = {**os.environ, "LOOKOUT_TOKEN": self.TOKEN, **(extra_environment or {})}
        # JSON is YAML.
        document = {
            "site": {"name": "Test", "timezone": "Asia/Ho_Chi_Minh"},
            "storage": {"directory": self.data},
            "center": {"listen": f"127.0.0.1:{self.port}", "tokens": [{"name": "tester", "secret": "${LOOKOUT_TOKEN}"}]},
            "cameras": cameras,
            **(settings or {}),
        }
        with open(self.config, "w") as file:
            json.dump(document, file, ensure_ascii=False)
        self.process = None
        if start:
            self.start()

    def start(self, wrap=()):
        with open(self.output, "ab") as output:
            self.process = subprocess.Popen(
                [*wrap, LOOKOUT, "run", self.config], env=self.environment, stdout=output, stderr=subprocess.STDOUT, cwd=self.directory)
        try:
            wait_for(self.answers, 30, "the center answers /healthz")
        except AssertionError as error:
            raise AssertionError(f"{error}\n{self.text()}") from None

    def answers(self):
        if self.process.poll() is not None:
            raise AssertionError(f"lookout ended with {self.process.returncode}")
        try:
            # Blind cameras make it 503, but it answers.
            self.request("/healthz")
            return True
        except urllib.error.HTTPError:
            return True
        except OSError:
            return False

    def request(self, path, method="GET", body=None, token=None, headers=None):
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", method=method, headers=headers or {})
        if token:
            request.add_header("Authorization", f"Bearer {token}")
        if body is not None:
            request.data = json.dumps(body).encode()
            request.add_header("Content-Type", "application/json")
        with urllib.request.urlopen(request, timeout=15) as answer:
            return answer.read(), answer.headers

    def get(self, path):
        return json.loads(self.request(path)[0])

    def camera(self, name):
        return next(camera for camera in self.get("/api/cameras")["cameras"] if camera["camera"] == name)

    def wait_state(self, name, state, seconds=30):
        wait_for(lambda: self.camera(name)["state"] == state, seconds, f"camera {name} is {state}")

    def events(self, after=None):
        return EventStream(self, after)

    def text(self):
        with open(self.output, errors="replace") as file:
            return file.read()

    def stop(self, how=signal.SIGTERM, seconds=20):
        if self.process and self.process.poll() is None:
            self.process.send_signal(how)
            try:
                self.process.wait(seconds)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
                raise AssertionError(f"lookout did not stop within {seconds} s\n{self.text()[-2000:]}") from None
        return self.process.returncode if self.process else None

    def close(self):
        try:
            self.stop(signal.SIGKILL)
        finally:
            shutil.rmtree(self.directory, ignore_errors=True)


class EventStream:
    """Reads /api/events on a thread; each event comes with the moment of its arrival (wall clock, seconds)."""

    def __init__(self, lookout, after=None):
        headers = {"Accept": "text/event-stream"}
        if after is not None:
            headers["Last-Event-ID"] = str(after)
        request = urllib.request.Request(f"http://127.0.0.1:{lookout.port}/api/events", headers=headers)
        self.answer = urllib.request.urlopen(request, timeout=60)
        self.arrived = queue.Queue()
        self.thread = threading.Thread(target=self.read, daemon=True)
        self.thread.start()

    def read(self):
        event = {}
        try:
            for raw in self.answer:
                line = raw.decode().rstrip("\r\n")
                if not line:
                    if event.get("event") == "incident":
                        self.arrived.put((int(event["id"]), json.loads(event["data"]), event["time"]))
                    event = {}
                elif not line.startswith(":"):
                    key, _, value = line.partition(":")
                    event[key] = value.removeprefix(" ")
                    event["time"] = time.time()
        except (OSError, ValueError, AttributeError):
            pass

    def next(self, seconds=30):
        try:
            return self.arrived.get(timeout=seconds)
        except queue.Empty:
            raise AssertionError(f"no event within {seconds} s") from None

    def drain(self):
        events = []
        while not self.arrived.empty():
            events.append(self.arrived.get())
        return events

    def close(self):
        try:
            self.answer.fp.raw._sock.shutdown(socket.SHUT_RDWR)
        except (OSError, AttributeError):
            pass


class Browser:
    """A headless Chromium, driven over its debugging pipe."""

    program = next((path for path in ("/usr/bin/chromium", "/usr/bin/google-chrome") if os.path.exists(path)), None)

    def __init__(self):
        self.profile = tempfile.mkdtemp(prefix="lookout-browser-")
        to_read, self.to_browser = os.pipe()
        self.from_browser, to_write = os.pipe()
        command = (f"exec {self.program} --headless=new --no-sandbox --disable-gpu --no-first-run --mute-audio "
                   f"--remote-debugging-pipe --user-data-dir={self.profile} about:blank 3<&{to_read} 4>&{to_write}")
        self.process = subprocess.Popen(["bash", "-c", command], pass_fds=(to_read, to_write),
                                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(to_read)
        os.close(to_write)
        self.rest, self.count, self.session = b"", 0, None
        page = next(target for target in self.call("Target.getTargets")["targetInfos"] if target["type"] == "page")
        self.session = self.call("Target.attachToTarget", targetId=page["targetId"], flatten=True)["sessionId"]

    def call(self, method, **parameters):
        self.count += 1
        message = {"id": self.count, "method": method, "params": parameters}
        if self.session:
            message["sessionId"] = self.session
        os.write(self.to_browser, json.dumps(message).encode() + b"\0")
        while True:
            while b"\0" not in self.rest:
                more = os.read(self.from_browser, 65536)
                if not more:
                    raise AssertionError("the browser ended")
                self.rest += more
            line, _, self.rest = self.rest.partition(b"\0")
            answer = json.loads(line)
            if answer.get("id") == self.count:
                if "error" in answer:
                    raise AssertionError(f"{method}: {answer['error']}")
                return answer["result"]

    def open(self, address):
        self.call("Page.navigate", url=address)

    def value(self, expression):
        return self.call("Runtime.evaluate", expression=f"String({expression})", returnByValue=True)["result"].get("value", "")

    def wait(self, expression, seconds=30):
        wait_for(lambda: self.value(expression) == "true", seconds, expression)

    def close(self):
        self.process.kill()
        self.process.wait()
        os.close(self.to_browser)
        os.close(self.from_browser)
        shutil.rmtree(self.profile, ignore_errors=True)


def cpu_seconds(pid):
    """User and system time of a process and its ended children."""
    with open(f"/proc/{pid}/stat") as file:
        fields = file.read().rpartition(")")[2].split()
    return sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")


def memory_megabytes(pid, field="Pss"):
    """Resident memory, proportionally shared pages counted by share. `Pss_Anon` leaves the pages of files out, of which a program
    has a larger share as soon as others end that use the same libraries."""
    with open(f"/proc/{pid}/smaps_rollup") as file:
        return next(int(line.split()[1]) for line in file if line.startswith(field + ":")) / 1024


def threads(pid):
    return len(os.listdir(f"/proc/{pid}/task"))


def descriptors(pid):
    """What each open descriptor leads to."""
    found = []
    for name in os.listdir(f"/proc/{pid}/fd"):
        try:
            found.append(os.readlink(f"/proc/{pid}/fd/{name}"))
        except FileNotFoundError:
            pass
    return found


def sockets(pid):
    return sum(target.startswith("socket:") for target in descriptors(pid))
