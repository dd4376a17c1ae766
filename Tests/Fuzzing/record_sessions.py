"""Writes down all that an RTSP server says to a viewer, as seeds for fuzz-sessions.

    record_sessions.py FOLDER CLIP... [--sound aac|alaw|mulaw]
"""
import argparse
import os
import re
import socket
import subprocess
import sys
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def record(port, mount, most_bytes=8_000):
    """Speaks to the server as FFmpeg does over TCP: OPTIONS, DESCRIBE, SETUP of each track, PLAY."""
    said = bytearray()
    with socket.create_connection(("127.0.0.1", port), timeout=10) as server:
        number = 0

        def ask(method, url, *headers):
            nonlocal number
            number += 1
            server.sendall("\r\n".join([f"{method} {url} RTSP/1.0", f"CSeq: {number}", *headers, "", ""]).encode())
            start = len(said)
            while True:
                head, end, body = bytes(said[start:]).partition(b"\r\n\r\n")
                length = re.search(rb"(?i)content-length: *(\d+)", head)
                if end and len(body) >= (int(length[1]) if length else 0):
                    return head.decode(), body.decode(errors="replace")
                said.extend(server.recv(65536) or sys.exit(f"{mount}: the server ended the session"))

        url = f"rtsp://127.0.0.1:{port}{mount}"
        ask("OPTIONS", url)
        base, session = ask("DESCRIBE", url, "Accept: application/sdp")
        base = re.search(r"(?im)^content-base: *(\S+)", base)[1]
        tracks = re.findall(r"(?m)^a=control:(\S+)", session[session.index("m="):])
        headers = []
        for index, track in enumerate(tracks):
            whole = track if "://" in track else base.rstrip("/") + "/" + track
            answer, _ = ask("SETUP", whole, f"Transport: RTP/AVP/TCP;unicast;interleaved={2 * index}-{2 * index + 1}", *headers)
            headers = [re.search(r"(?im)^session: *[^;\r\n]+", answer)[0]]
        ask("PLAY", base, *headers, "Range: npt=0.000-")
        end = time.monotonic() + 3
        while len(said) < most_bytes and time.monotonic() < end:
            said.extend(server.recv(4096))
    return bytes(said[:most_bytes])


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("folder")
    arguments.add_argument("clips", nargs="+")
    arguments.add_argument("--sound")
    chosen = arguments.parse_args()
    mounts = {"/" + os.path.splitext(os.path.basename(clip))[0]: clip for clip in chosen.clips}
    command = ["/usr/bin/python3", os.path.join(ROOT, "Demo", "rtsp-server.py"), "--port", "0"]
    for mount, clip in mounts.items():
        command += ["--mount", f"{mount}={clip}"]
        if chosen.sound:
            command += ["--sound", f"{mount}={chosen.sound}"]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        port = int(server.stdout.readline().split()[1])
        for mount in mounts:
            name = mount[1:] + (f"-{chosen.sound}" if chosen.sound else "") + ".rtsp"
            with open(os.path.join(chosen.folder, name), "wb") as file:
                file.write(record(port, mount))
    finally:
        server.kill()
        server.wait()


if __name__ == "__main__":
    main()
