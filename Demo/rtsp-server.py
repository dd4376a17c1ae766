#!/usr/bin/python3
"""Plays clips over RTSP as cameras would: live, for ever, without a seam.

    rtsp-server.py --mount /gate=gate.mp4 --mount /hill=hill.mp4 --sound /gate=aac --port 8554

The first line of standard output is `port N`. Each clip is read into memory once, as compressed access units, and
costs no encoding: one thread hands out the units that are due, for all mounts. Timestamps go on rising where the clip
starts again. H.264 and H.265 carry their parameter sets before each keyframe.
"""

import argparse
import heapq
import json
import signal
import sys
import threading
import time

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstApp", "1.0")
gi.require_version("GstRtsp", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstApp, GstRtsp, GstRtspServer  # noqa: E402

SECOND = 1_000_000_000

# For each codec: what makes whole access units of what the container holds, and what puts them into RTP.
CODECS = {
    "video/x-h264": (
        "h264parse config-interval=-1 ! video/x-h264,stream-format=byte-stream,alignment=au",
        "rtph264pay name=pay0 pt=96 config-interval=-1 aggregate-mode=zero-latency",
    ),
    "video/x-h265": (
        "h265parse config-interval=-1 ! video/x-h265,stream-format=byte-stream,alignment=au",
        "rtph265pay name=pay0 pt=96 config-interval=-1 aggregate-mode=zero-latency",
    ),
    "image/jpeg": ("jpegparse", "rtpjpegpay name=pay0 pt=26"),
}


# A tick each second, as a camera's microphone would send it.
TICKS = "audiotestsrc name=sound is-live=true wave=ticks samplesperbuffer={buffer} ! audio/x-raw,rate={rate},channels=1 ! "
SOUNDS = {
    "aac": TICKS.format(rate=16_000, buffer=1_024) + "avenc_aac ! rtpmp4gpay name=pay1 pt=97",
    "alaw": TICKS.format(rate=8_000, buffer=160) + "alawenc ! rtppcmapay name=pay1 pt=8",
    "mulaw": TICKS.format(rate=8_000, buffer=160) + "mulawenc ! rtppcmupay name=pay1 pt=0",
}


class Clip:
    """The access units of a file, in decoding order, with times that start at 0."""

    def __init__(self, path):
        self.path = path
        self.caps = None
        self.codec = None
        self.units = []
        self._read()
        if not self.units:
            raise SystemExit(f"{path}: no H.264, H.265 or JPEG video in it. Convert it first, "
                             f"as with: ffmpeg -i {path} -c:v libx264 out.mp4")
        self.frame_duration = self._frame_duration()
        self._set_times()
        self.duration = self.frame_duration * len(self.units)

    def _read(self):
        pipeline = Gst.parse_launch("filesrc name=file ! parsebin name=parser")
        pipeline.get_by_name("file").set_property("location", self.path)
        pipeline.get_by_name("parser").connect("pad-added", self._link, pipeline)
        pipeline.set_state(Gst.State.PLAYING)
        message = pipeline.get_bus().timed_pop_filtered(
            Gst.CLOCK_TIME_NONE, Gst.MessageType.EOS | Gst.MessageType.ERROR)
        pipeline.set_state(Gst.State.NULL)
        if message.type == Gst.MessageType.ERROR and not self.units:
            raise SystemExit(f"{self.path}: {message.parse_error()[0].message}")

    def _link(self, _, pad, pipeline):
        name = (pad.get_current_caps() or pad.query_caps(None)).get_structure(0).get_name()
        if name in CODECS and self.codec is None:
            self.codec = name
            tail = Gst.parse_bin_from_description(f"{CODECS[name][0]} ! appsink name=sink sync=false", True)
            sink = tail.get_by_name("sink")
            sink.set_property("emit-signals", True)
            sink.connect("new-sample", self._take)
        else:
            tail = Gst.parse_bin_from_description("fakesink sync=false async=false", True)
        pipeline.add(tail)
        tail.sync_state_with_parent()
        pad.link(tail.get_static_pad("sink"))

    def _take(self, sink):
        sample = sink.emit("pull-sample")
        self.caps = sample.get_caps()
        self.units.append(sample.get_buffer())
        return Gst.FlowReturn.OK

    def _frame_duration(self):
        known, numerator, denominator = self.caps.get_structure(0).get_fraction("framerate")
        times = sorted(unit.pts for unit in self.units if unit.pts != Gst.CLOCK_TIME_NONE)
        if len(times) > 1 and times[-1] > times[0]:
            return (times[-1] - times[0]) // (len(times) - 1)
        return SECOND * denominator // numerator if known and numerator > 0 else SECOND // 25

    def _set_times(self):
        """Presentation times from 0, decoding times evenly spaced, and each unit's place in the order of showing."""
        count = len(self.units)
        if any(unit.pts == Gst.CLOCK_TIME_NONE for unit in self.units):
            shown = list(range(count))
            times = [index * self.frame_duration for index in shown]
        else:
            first = min(unit.pts for unit in self.units)
            times = [unit.pts - first for unit in self.units]
            order = sorted(range(count), key=times.__getitem__)
            shown = [0] * count
            for place, index in enumerate(order):
                shown[index] = place
        # A unit is sent when its turn to be decoded comes; none may be sent later than it is shown.
        self.delay = max(0, max(index * self.frame_duration - times[index] for index in range(count)))
        self.presented = times
        self.shown = shown


class Camera:
    """One mount that somebody watches: its clip, fed into its media's appsrc."""

    def __init__(self, mount, clip, source, media):
        self.mount = mount
        self.clip = clip
        self.source = source
        self.media = media
        self.sent = 0
        self.start = time.monotonic_ns()
        self.origin = None
        self.is_stopped = False

    def due(self):
        """When the next unit is to be sent, on the monotonic clock."""
        return self.start + self.sent * self.clip.frame_duration

    def send(self, log):
        if self.origin is None:
            self.origin = self._running_time()
        if self.origin is None:
            self.start = time.monotonic_ns() + SECOND // 100
            return True
        rounds, index = divmod(self.sent, len(self.clip.units))
        offset = rounds * self.clip.duration
        unit = self.clip.units[index].copy()
        unit.pts = self.origin + offset + self.clip.presented[index] + self.clip.delay
        unit.dts = self.origin + self.sent * self.clip.frame_duration
        unit.duration = self.clip.frame_duration
        self.sent += 1
        if log:
            log.write(json.dumps({
                "mount": self.mount,
                "frame": rounds * len(self.clip.units) + self.clip.shown[index],
                "clipFrame": self.clip.shown[index],
                "wallMicroseconds": time.time_ns() // 1000,
            }) + "\n")
        return self.source.emit("push-buffer", unit) == Gst.FlowReturn.OK

    def _running_time(self):
        """`None` before the pipeline plays. It sets its clock first and its base time a moment later: in between, the time
        since the machine started would be taken for it, and nothing sent before that has passed again."""
        clock, base = self.source.get_clock(), self.source.get_base_time()
        return max(0, clock.get_time() - base) if clock and base > 0 else None


class Pacer(threading.Thread):
    """Hands out what is due, for all cameras."""

    def __init__(self, log):
        super().__init__(daemon=True)
        self.log = log
        self.cameras = []
        self.changed = threading.Condition()
        self.number = 0

    def add(self, camera):
        with self.changed:
            self.number += 1
            heapq.heappush(self.cameras, (camera.due(), self.number, camera))
            self.changed.notify()

    def run(self):
        while True:
            with self.changed:
                while not self.cameras:
                    self.changed.wait()
                wait = self.cameras[0][0] - time.monotonic_ns()
                if wait > 0:
                    self.changed.wait(wait / SECOND)
                    continue
                due, number, camera = heapq.heappop(self.cameras)
            if camera.is_stopped or not camera.send(self.log):
                continue
            with self.changed:
                heapq.heappush(self.cameras, (camera.due(), number, camera))


class Factory(GstRtspServer.RTSPMediaFactory):
    """Makes one media for all viewers of a mount, when the first one comes."""

    def __init__(self, mount, clip, pacer, protocols, sound=None):
        super().__init__()
        self.mount = mount
        self.clip = clip
        self.pacer = pacer
        self.set_launch(
            "( appsrc name=source is-live=true format=time min-latency=0 max-bytes=0 ! "
            f"{CODECS[clip.codec][1]} {SOUNDS[sound] if sound else ''} )")
        self.set_shared(True)
        self.set_latency(0)
        self.set_protocols(protocols)
        self.connect("media-configure", self._configure)

    def _configure(self, _, media):
        source = media.get_element().get_by_name("source")
        source.set_property("caps", self.clip.caps)
        sound = media.get_element().get_by_name("sound")
        if sound:
            sound.get_static_pad("src").add_probe(Gst.PadProbeType.QUERY_UPSTREAM, refuse_seeking)
        camera = Camera(self.mount, self.clip, source, media)

        def stop(_):
            camera.is_stopped = True

        media.connect("unprepared", stop)
        self.pacer.add(camera)


def refuse_seeking(_, probe):
    """A camera cannot go back; the server would try where a source says that it can."""
    return Gst.PadProbeReturn.DROP if probe.get_query().type == Gst.QueryType.SEEKING else Gst.PadProbeReturn.OK


def require_user(server, factories, user, password, method):
    """Lets only `user` in."""
    methods = {
        "basic": GstRtsp.RTSPAuthMethod.BASIC,
        "digest": GstRtsp.RTSPAuthMethod.DIGEST,
    }
    auth = GstRtspServer.RTSPAuth()
    auth.set_supported_methods(methods[method])
    token = GstRtspServer.RTSPToken()
    token.set_string("media.factory.role", "viewer")
    if method == "basic":
        auth.add_basic(GstRtspServer.RTSPAuth.make_basic(user, password), token)
    else:
        auth.add_digest(user, password, token)
    server.set_auth(auth)
    for factory in factories:
        permissions = GstRtspServer.RTSPPermissions()
        permissions.add_permission_for_role("viewer", "media.factory.access", True)
        permissions.add_permission_for_role("viewer", "media.factory.construct", True)
        factory.set_permissions(permissions)


def note_teardowns(server, path):
    """Writes a line to `path` for each viewer that ends its session in due form."""
    file = open(path, "w", encoding="utf-8", buffering=1)

    def connected(_, client):
        client.connect("teardown-request", lambda _, context: file.write(f"{context.uri.abspath}\n"))

    server.connect("client-connected", connected)


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--mount", action="append", required=True, metavar="/PATH=FILE",
                        help="serve FILE at rtsp://…/PATH; may be given many times")
    parser.add_argument("--sound", action="append", default=[], metavar="/PATH=CODEC",
                        help=f"let a mount tick once a second: {', '.join(SOUNDS)}")
    parser.add_argument("--port", type=int, default=8554, help="0: any free one")
    parser.add_argument("--address", default="127.0.0.1", help="address to listen on (default: loopback only)")
    parser.add_argument("--user")
    parser.add_argument("--password")
    parser.add_argument("--auth", choices=["basic", "digest"], default="digest")
    parser.add_argument("--protocols", default="tcp,udp", help="transports that are offered")
    parser.add_argument("--log", metavar="FILE", help="one JSON line per access unit that is sent")
    parser.add_argument("--teardowns", metavar="FILE", help="one line per viewer that says goodbye")
    arguments = parser.parse_args()
    for mount in arguments.mount:
        if "=" not in mount or not mount.startswith("/"):
            parser.error(f"--mount {mount}: write it as /path=clip.mp4")
    arguments.sound = dict(text.split("=", 1) for text in arguments.sound if "=" in text)
    if set(arguments.sound.values()) - set(SOUNDS):
        parser.error(f"--sound: choose of {', '.join(SOUNDS)}")
    if (arguments.user is None) != (arguments.password is None):
        parser.error("--user and --password go together")
    return arguments


def main():
    arguments = parse_arguments()
    # Whoever starts this may have these blocked, and children inherit that.
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT, signal.SIGTERM})
    Gst.init(None)
    log = open(arguments.log, "w", encoding="utf-8", buffering=1) if arguments.log else None
    pacer = Pacer(log)
    protocols = GstRtsp.RTSPLowerTrans(0)
    for name in arguments.protocols.split(","):
        protocols |= {"tcp": GstRtsp.RTSPLowerTrans.TCP, "udp": GstRtsp.RTSPLowerTrans.UDP}[name]

    server = GstRtspServer.RTSPServer()
    server.set_address(arguments.address)
    server.set_service(str(arguments.port))
    clips = {}
    factories = []
    for mount in arguments.mount:
        path, file = mount.split("=", 1)
        if file not in clips:
            clips[file] = Clip(file)
        factory = Factory(path, clips[file], pacer, protocols, arguments.sound.get(path))
        server.get_mount_points().add_factory(path, factory)
        factories.append(factory)
    if arguments.user is not None:
        require_user(server, factories, arguments.user, arguments.password, arguments.auth)
    if arguments.teardowns:
        note_teardowns(server, arguments.teardowns)
    if server.attach(None) == 0:
        raise SystemExit(f"port {arguments.port} is taken. Choose another one, or 0 for any free port.")
    print(f"port {server.get_bound_port()}", flush=True)

    pacer.start()
    loop = GLib.MainLoop()
    for number in (signal.SIGINT, signal.SIGTERM):
        GLib.unix_signal_add(GLib.PRIORITY_HIGH, number, loop.quit)
    loop.run()
    if log:
        log.close()


if __name__ == "__main__":
    sys.exit(main())
