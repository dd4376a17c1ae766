"""A seeded proxy between Lookout and an RTSP server that drops, delays, reorders and corrupts what the camera sends.

It speaks both transports: over TCP it meddles with the interleaved frames (RFC 2326, 10.12), over UDP it takes the
datagrams through ports of its own. A fault is a function of (packet, dice) that gives a list of (delay in seconds,
packet); what it gives for RTP holds, RTCP and the RTSP dialogue pass as they are.
"""
import heapq
import random
import re
import select
import socket
import struct
import threading
import time


def none(packet, dice):
    return [(0, packet)]


# What an earlier fault still holds back is not overtaken when that fault ends.
none.keepsOrder = True


def dropping(share):
    return lambda packet, dice: [] if dice.random() < share else [(0, packet)]


def delaying(most_seconds):
    """The order is kept: a queue that fills and empties."""
    def fault(packet, dice):
        return [(dice.random() * most_seconds, packet)]
    fault.keepsOrder = True
    return fault


def reordering(share, seconds=0.03):
    return lambda packet, dice: [(seconds if dice.random() < share else 0, packet)]


def repeating(share):
    return lambda packet, dice: [(0, packet)] * (2 if dice.random() < share else 1)


def corrupting(share, header=12):
    """Flips a few bits behind the RTP header."""
    def fault(packet, dice):
        if dice.random() >= share or len(packet) <= header:
            return [(0, packet)]
        data = bytearray(packet)
        for _ in range(dice.randint(1, 8)):
            data[dice.randrange(header, len(data))] ^= 1 << dice.randrange(8)
        return [(0, bytes(data))]
    return fault


def is_keyframe(packet):
    """Whether an H.264 packet carries part of an IDR picture (RFC 6184)."""
    kind = packet[12] & 31
    if kind == 28:
        kind = packet[13] & 31
    if kind == 24:
        kind = packet[15] & 31 if packet[15] & 31 not in (7, 8) else 5
    return kind in (5, 7, 8)


def without_keyframes(packet, dice):
    return [] if is_keyframe(packet) else [(0, packet)]


def shifting(offset):
    """Moves the camera's clock: `offset(seconds since the first packet)` in 90 kHz ticks."""
    start = {}

    def fault(packet, dice):
        began = start.setdefault(id(dice), time.monotonic())
        stamp = struct.unpack(">I", packet[4:8])[0] + int(offset(time.monotonic() - began))
        return [(0, packet[:4] + struct.pack(">I", stamp % 2**32) + packet[8:])]
    return fault


class Faults:
    """Listens on a port of its own; `fault` may be changed while connections are open."""

    def __init__(self, server_port, fault=none, seed=1):
        self.server_port, self.fault, self.seed = server_port, fault, seed
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.open, self.count, self.isStalled = set(), 0, False
        threading.Thread(target=self.accept, daemon=True).start()

    def url(self, mount):
        return f"rtsp://127.0.0.1:{self.port}{mount}"

    def accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            self.count += 1
            try:
                server = socket.create_connection(("127.0.0.1", self.server_port))
            except OSError:
                client.close()
                continue
            connection = Connection(self, client, server, random.Random(self.seed * 1000 + self.count))
            self.open.add(connection)
            threading.Thread(target=connection.run, daemon=True).start()

    def cut(self):
        """All connections break at once, as when a cable is pulled and put back."""
        for connection in list(self.open):
            connection.close()

    def close(self):
        self.listener.close()
        self.cut()


class Connection:
    def __init__(self, faults, client, server, dice):
        self.faults, self.client, self.server, self.dice = faults, client, server, dice
        self.rest = {client: b"", server: b""}
        self.relays = {}
        self.waiting, self.number = [], 0

    def run(self):
        try:
            while True:
                pause = max(0, min(0.1, self.waiting[0][0] - time.monotonic())) if self.waiting else 0.1
                sources = [self.client, self.server, *self.relays]
                if self.faults.isStalled:
                    sources = [self.client]
                for source in select.select(sources, [], [], pause)[0]:
                    self.take(source)
                while self.waiting and self.waiting[0][0] <= time.monotonic():
                    _, _, send = heapq.heappop(self.waiting)
                    send()
        except (OSError, ValueError):
            pass
        finally:
            self.close()

    def close(self):
        self.faults.open.discard(self)
        for end in (self.client, self.server, *self.relays):
            end.close()

    def take(self, source):
        if source in self.relays:
            try:
                packet, _ = source.recvfrom(65536)
            except ConnectionRefusedError:
                return
            self.pass_on(packet, lambda p, s=source: s.sendto(p, ("127.0.0.1", self.relays[s][0])), self.relays[source][1])
            return
        data = source.recv(65536)
        if not data:
            raise OSError("closed")
        self.rest[source] += data
        while self.next_unit(source):
            pass

    def pass_on(self, packet, send, isRTP):
        fault = self.faults.fault if isRTP and len(packet) > 16 else none
        keepsOrder = isRTP and getattr(self.faults.fault, "keepsOrder", False)
        for delay, changed in fault(packet, self.dice):
            self.number += 1
            due = time.monotonic() + delay
            if keepsOrder and self.waiting:
                due = max(due, max(self.waiting)[0])
            elif delay <= 0:
                send(changed)
                continue
            heapq.heappush(self.waiting, (due, self.number, lambda p=changed: send(p)))

    def next_unit(self, source):
        """An interleaved frame, or a message of the dialogue."""
        rest = self.rest[source]
        other = self.server if source is self.client else self.client
        if rest[:1] == b"$":
            if len(rest) < 4 or len(rest) < 4 + struct.unpack(">H", rest[2:4])[0]:
                return False
            size = struct.unpack(">H", rest[2:4])[0]
            channel, packet, self.rest[source] = rest[1], rest[4:4 + size], rest[4 + size:]
            frame = lambda p: other.sendall(b"$" + bytes([channel]) + struct.pack(">H", len(p)) + p)
            self.pass_on(packet, frame, source is self.server and channel % 2 == 0)
            return True
        end = rest.find(b"\r\n\r\n")
        if end < 0:
            return False
        head = rest[:end].decode(errors="replace")
        length = re.search(r"(?im)^content-length: *(\d+)", head)
        size = end + 4 + (int(length[1]) if length else 0)
        if len(rest) < size:
            return False
        body, self.rest[source] = rest[end + 4:size], rest[size:]
        body = body.replace(f":{self.faults.server_port}".encode(), f":{self.faults.port}".encode())
        if length:
            head = re.sub(r"(?im)^content-length: *\d+", f"Content-Length: {len(body)}", head)
        other.sendall((self.rewrite(head) + "\r\n\r\n").encode() + body)
        return True

    def rewrite(self, head):
        """Puts ports of the proxy between those of client and server."""
        here, there = f":{self.faults.port}", f":{self.faults.server_port}"
        isRequest = not head.startswith("RTSP/")
        head = head.replace(here, there) if isRequest else head.replace(there, here)
        ports = re.search(r"client_port=(\d+)-(\d+)", head)
        if ports and isRequest:
            pair = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(2)]
            for index, relay in enumerate(pair):
                relay.bind(("127.0.0.1", 0))
                self.relays[relay] = (int(ports[index + 1]), index == 0)
            numbers = "-".join(str(relay.getsockname()[1]) for relay in pair)
            self.asked = ports[0]
            return head.replace(ports[0], f"client_port={numbers}")
        if ports:
            relays = list(self.relays)[-2:]
            numbers = "-".join(str(relay.getsockname()[1]) for relay in relays)
            head = head.replace(ports[0], self.asked)
            return re.sub(r"server_port=[\d-]+", f"server_port={numbers}", head)
        return head
