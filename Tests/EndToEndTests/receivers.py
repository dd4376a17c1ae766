"""Receivers of alerts that misbehave: a webhook server, a broker with a subscriber, a mail server. Loopback only."""
import hashlib
import hmac
import http.server
import os
import random
import signal
import socket
import socketserver
import subprocess
import tempfile
import threading
import time

from harness import free_port

SECRET = b"a shared secret of the test"


class WebhookServer:
    """Accepts signed webhooks, unless its mood is bad: 500, 503, a stall, or silence after it has taken the message."""

    def __init__(self, seed, trouble=0.0):
        self.port, self.random, self.trouble = free_port(), random.Random(seed), trouble
        self.lock = threading.Lock()
        self.accepted = []  # (path, key, body, headers), in the order of acceptance
        self.forged = []
        self.heartbeats = 0
        self.connections = set()
        self.server = None
        self.start()

    def start(self):
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def setup(self):
                super().setup()
                outer.connections.add(self.connection)

            def finish(self):
                outer.connections.discard(self.connection)
                super().finish()

            def do_POST(self):
                outer.take(self)

            def do_GET(self):
                outer.heartbeats += 1
                self.send_response(204)
                self.end_headers()

            def log_message(self, *_):
                pass

        class Server(http.server.ThreadingHTTPServer):
            daemon_threads, allow_reuse_address, request_queue_size = True, True, 128

            def handle_error(self, *_):
                pass  # a connection that was torn down is what this is about

        self.server = Server(("127.0.0.1", self.port), Handler)
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def take(self, request):
        length = int(request.headers.get("Content-Length", 0))
        body = request.rfile.read(length)
        if len(body) < length:
            request.close_connection = True  # cut off when this server died: the sender has no answer either
            return
        with self.lock:
            mood = self.random.random()
        answer = 200
        if mood < self.trouble * 0.5:
            answer = 500
        elif mood < self.trouble * 0.6:
            time.sleep(1.5)  # longer than the sender waits; then nobody is there to hear the answer
            answer = 503
        elif mood < self.trouble * 0.7:
            answer = 429
        if answer == 200:
            self.check(request.headers, body)
            with self.lock:
                self.accepted.append((request.path, request.headers["Idempotency-Key"], body, dict(request.headers)))
            if mood > 1 - self.trouble * 0.2:
                request.close_connection = True
                return  # taken, but the sender never learns
        request.send_response(answer)
        request.send_header("Content-Length", "2")
        request.end_headers()
        request.wfile.write(b"ok")

    def check(self, headers, body):
        signature = headers.get("X-Lookout-Signature")
        if signature is None:
            return
        stamp = headers["X-Lookout-Timestamp"]
        expected = hmac.new(SECRET, stamp.encode() + b"." + body, hashlib.sha256).hexdigest()
        if not hmac.compare_digest(signature, "sha256=" + expected) or abs(time.time() - int(stamp)) > 60:
            self.forged.append(f"{signature} instead of {expected}, {time.time() - int(stamp):.0f} s old")

    def stop(self):
        if self.server:
            self.server.shutdown()
            self.server.server_close()
            for connection in list(self.connections):
                try:
                    connection.shutdown(socket.SHUT_RDWR)
                except OSError:
                    pass
            self.server = None

    def die(self, seconds):
        self.stop()
        time.sleep(seconds)
        self.start()

    def url(self, path):
        return f"http://127.0.0.1:{self.port}/{path}"


class Broker:
    """A real mosquitto that keeps what it took over a restart, and a subscriber that keeps its session."""

    def __init__(self):
        self.port, self.folder = free_port(), tempfile.mkdtemp(prefix="lookout-broker-")
        os.chmod(self.folder, 0o777)
        self.configuration = os.path.join(self.folder, "mosquitto.conf")
        with open(self.configuration, "w") as file:
            file.write(
                f"listener {self.port} 127.0.0.1\nallow_anonymous true\npersistence true\n"
                f"persistence_location {self.folder}/\nmax_queued_messages 0\nautosave_interval 1\n"
                "autosave_on_changes false\nlog_dest none\n")
        self.process = None
        self.start()
        self.output = os.path.join(self.folder, "received")
        self.file = open(self.output, "wb")
        self.subscriber = subprocess.Popen(
            ["mosquitto_sub", "-h", "127.0.0.1", "-p", str(self.port), "-c", "-i", "recorder", "-q", "1",
             "-t", "lookout/#", "-t", "homeassistant/#", "-F", "%t %r %p"], stdout=self.file, stderr=subprocess.DEVNULL)
        # A session that exists is what makes the broker keep messages for it.
        deadline = time.monotonic() + 10
        while b"probe" not in self.bytes():
            self.publish("lookout/probe", "probe")
            if time.monotonic() > deadline:
                raise AssertionError("mosquitto_sub does not subscribe")
            time.sleep(0.1)

    def start(self):
        self.process = subprocess.Popen(
            ["/usr/sbin/mosquitto", "-c", self.configuration], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + 10
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
                return
            except OSError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.02)

    def publish(self, topic, text):
        subprocess.run(["mosquitto_pub", "-h", "127.0.0.1", "-p", str(self.port), "-q", "1", "-t", topic, "-m", text],
                       check=False, stderr=subprocess.DEVNULL)

    def die(self, seconds):
        """What it acknowledged it keeps only when it is ended properly: that is the broker's promise, not ours."""
        self.process.terminate()
        self.process.wait()
        time.sleep(seconds)
        self.start()

    def stall(self, seconds):
        self.process.send_signal(signal.SIGSTOP)
        time.sleep(seconds)
        self.process.send_signal(signal.SIGCONT)

    def bytes(self):
        with open(self.output, "rb") as file:
            return file.read()

    def messages(self):
        """(topic, whether the broker had kept it, payload) in the order of arrival."""
        found = []
        for line in self.bytes().split(b"\n"):
            parts = line.split(b" ", 2)
            if len(parts) == 3:
                found.append((parts[0].decode(), parts[1] == b"1", parts[2]))
        return found

    def close(self):
        for process in (self.subscriber, self.process):
            process.kill()
            process.wait()
        self.file.close()


class MailServer(socketserver.ThreadingTCPServer):
    """As much of SMTP as it takes to receive a mail; the first `busy` mails are answered with 451."""

    allow_reuse_address, daemon_threads = True, True

    def __init__(self, busy=0):
        self.mails, self.busy = [], busy
        super().__init__(("127.0.0.1", 0), MailSession)
        self.port = self.server_address[1]
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def close(self):
        self.shutdown()
        self.server_close()


class MailSession(socketserver.StreamRequestHandler):
    def say(self, line):
        self.wfile.write(line.encode() + b"\r\n")

    def handle(self):
        self.say("220 test")
        mail = {"to": []}
        while line := self.rfile.readline().decode().strip():
            verb = line.split(" ")[0].split(":")[0].upper()
            if verb in ("EHLO", "HELO"):
                self.say("250 test")
            elif verb == "MAIL":
                mail = {"from": line[10:].strip("<> ").split(">")[0], "to": []}
                self.say("250 ok")
            elif verb == "RCPT":
                mail["to"].append(line[8:].strip("<> "))
                self.say("250 ok")
            elif verb == "DATA":
                self.say("354 go on")
                lines = []
                while (part := self.rfile.readline()) != b".\r\n":
                    lines.append(part[1:] if part.startswith(b"..") else part)
                mail["data"] = b"".join(lines)
                if self.server.busy > 0:
                    self.server.busy -= 1
                    self.say("451 try again later")
                else:
                    self.server.mails.append(mail)
                    self.say("250 taken")
            elif verb == "QUIT":
                self.say("221 bye")
                return
            else:
                self.say("250 ok")
