# One machine's side of the preflight, for hosts without perl; agent.pl says the same in Perl.
# agent-protocol.ts describes the lines. Python 3.6 or newer, standard library only.
import errno
import glob
import os
import select
import signal
import socket
import struct
import sys
import time

LIFE_S = 60  # The end in any case: nothing may be left on the host.
TICK_S = 0.02
QUICK_S = 0.002  # A round trip that needs no better one.
SHORTEST = 96  # Bytes of a probe: no answer is longer, so this amplifies nobody's traffic.
MOST_CALLS = 256  # TCP connections held at once.
IP_MTU_DISCOVER, IP_PMTUDISC_PROBE = 10, 3  # linux/in.h: DF is set, and a cached path MTU is ignored.
HEADERS = 28  # IPv4 and UDP.
RESEND_S = (0, 0.15, 0.35, 0.7, 1.2)
# What is met on the way: jumbo frames, Ethernet, PPPoE, IP in IP, Google Cloud, VXLAN, WireGuard, the least of IPv6.
SIZES = (9001, 9000, 8951, 8900, 1500, 1492, 1480, 1460, 1450, 1440, 1420, 1400, 1380, 1350, 1300, 1280, 1200, 1000, 576)

signal.alarm(LIFE_S)
typed = b""


def put(*words):
    sys.stdout.write(" ".join(str(word) for word in words) + "\n")
    sys.stdout.flush()


def lines_of(path):
    try:
        with open(path) as file:
            return file.read().splitlines()
    except OSError:
        return []


def line():
    global typed
    while b"\n" not in typed:
        more = os.read(0, 65536)
        if not more:
            sys.exit(0)
        typed += more
    first, typed = typed.split(b"\n", 1)
    return first.decode().split(" ")


def mtus():
    found = {path.split("/")[4]: lines_of(path) for path in glob.glob("/sys/class/net/*/mtu")}
    return {device: int(lines[0]) for device, lines in found.items() if lines and device != "lo"}


def facts():
    known = lines_of("/etc/machine-id") + lines_of("/var/lib/dbus/machine-id")
    if known and known[0].isalnum():
        put("machine-id", known[0])
    put("hostname", os.uname()[1])
    for route in lines_of("/proc/net/route"):
        put("route", route)
    for device, mtu in mtus().items():
        put("mtu", device, mtu)


def reason(error):
    if error == errno.ECONNREFUSED:
        return "refused"
    if error in (errno.EHOSTUNREACH, errno.ENETUNREACH):
        return "unreachable"
    return "failed " + os.strerror(error)


def listener(number, tcp):
    made = socket.socket(socket.AF_INET, socket.SOCK_STREAM if tcp else socket.SOCK_DGRAM)
    if tcp:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    else:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
    made.bind(("", number))
    if tcp:
        made.listen(128)
    made.setblocking(False)
    return made


class Probe:
    def __init__(self, peer, port, address, own, measure, size=0, due=0.0):
        number, protocol = port.split("/")
        self.peer, self.port, self.to, self.tcp = peer, port, (address, int(number)), protocol == "tcp"
        self.address, self.own, self.measure, self.size, self.due = address, own, measure, size, due
        self.first = self.result = self.unsent = self.rtt = None
        self.tries, self.sent = 0, 0.0

    def finish(self, result):
        self.result = self.result or result


class Path:
    rtt = offset = None
    mtu = 0
    measured = False


# --- what it is told first: nonce, its number, the port of the data path, whether it is a manager, whether a member
put("hello")
_, nonce, self_number, data_port, manager, member = line()
facts()
heard, accepting, serving = {}, [], {}
for port in (["2377/tcp"] if manager == "1" else []) + ["7946/tcp", "7946/udp", data_port + "/udp"]:
    if member == "1":
        put("port", port, "used")
        continue
    try:
        is_tcp = port.endswith("/tcp")
        made = listener(int(port.split("/")[0]), is_tcp)
        if is_tcp:
            accepting.append(made)
        else:
            serving[made] = port
        put("port", port, "own")
    except OSError as error:
        put("port", port, "used" if error.errno == errno.EADDRINUSE else "failed " + str(error.strerror))
put("ready")

# --- whom to probe: number, protocol, address, port, whether a preflight listens there, whether to measure the MTU
probes, paths = [], {}
while True:
    word, *rest = line()
    if word == "go":
        window = float(rest[0])
        break
    peer, port, address, own, measure = rest
    probes.append(Probe(peer, port, address, own == "1", measure == "1"))
put("time", "%.6f" % time.time())

out = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
out.setsockopt(socket.IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_PROBE)
out.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
out.setblocking(False)
calling, awaiting, callers = {}, {}, []
start = time.time()
reported, looked = False, 0.0
for probe in probes:
    probe.due = start


def call(probe):
    probe.due = None
    made = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    made.setblocking(False)
    probe.sent = time.time()
    error = made.connect_ex(probe.to)
    if error not in (0, errno.EINPROGRESS):
        made.close()
        return probe.finish(reason(error))
    calling[made] = probe


def packet(probe, index):
    text = "%s P %s %s %d %d %.6f " % (nonce, self_number, probe.peer, probe.size, index, time.time())
    return text.ljust(probe.size - HEADERS if probe.size else SHORTEST, ".").encode()


def fire(index, now):
    probe = probes[index]
    if probe.tcp:
        return call(probe)
    # Of the sizes that are smaller than one that has passed nothing is to be learned.
    if probe.size and probe.peer in paths and probe.size <= paths[probe.peer].mtu:
        probe.due = None
        return
    try:
        out.sendto(packet(probe, index), probe.to)
    except OSError as error:
        if error.errno == errno.EMSGSIZE:
            probe.due = None
            return
        probe.unsent = reason(error.errno)
    probe.tries += 1
    probe.first = probe.first or now
    probe.due = probe.first + RESEND_S[probe.tries] if probe.tries < len(RESEND_S) else None


def arrived(probe, theirs, sent):
    now = time.time()
    path = paths.setdefault(probe.peer, Path())
    rtt = now - sent
    if path.rtt is None or rtt < path.rtt:
        path.rtt, path.offset = rtt, theirs - (sent + now) / 2
    if probe.size:
        path.mtu = max(path.mtu, probe.size)
        probe.due = None
        return
    # A slow one is sent on: the quickest of some round trips is the one that waited for nobody.
    probe.finish("ok")
    if path.rtt < QUICK_S:
        probe.due = None
    if not probe.measure or path.measured:
        return
    path.measured = True
    sizes = set(SIZES) | {mtu for mtu in mtus().values() if HEADERS < mtu <= 9216}
    for size in sorted(sizes, reverse=True):
        probes.append(Probe(probe.peer, probe.port, probe.address, True, False, size, now))


def datagrams(source):
    while True:
        try:
            yield source.recvfrom(65535)
        except OSError:
            return


def receive():
    for answer, _ in datagrams(out):
        words = answer.decode("ascii", "replace").split(" ")
        if len(words) < 6 or words[0] != nonce or words[1] != "A" or int(words[3]) >= len(probes):
            continue
        probe = probes[int(words[3])]
        if words[2] == probe.peer:
            arrived(probe, float(words[5]), float(words[4]))
        else:
            probe.finish("stranger " + words[2])


def serve(source, port):
    for question, sender in datagrams(source):
        words = question.decode("ascii", "replace").split(" ")
        if len(question) < SHORTEST or len(words) < 7 or words[0] != nonce or words[1] != "P":
            continue
        _, _, peer, to, size, index, sent = words[:7]
        if to == self_number:
            heard[peer, port] = max(heard.get((peer, port), 0), int(size))
        answer = "%s A %s %s %s %.6f " % (nonce, self_number, index, sent, time.time())
        try:
            source.sendto(answer.encode(), sender)
        except OSError:
            pass  # The sender will ask again.


def welcome(source):
    try:
        caller, _ = source.accept()
    except OSError:
        return
    if len(callers) >= MOST_CALLS:
        caller.close()
        return
    caller.setblocking(False)
    callers.append(caller)


def text_from(stream):
    try:
        return stream.recv(256).decode("ascii", "replace")
    except OSError:
        return ""


def answer(caller):
    if text_from(caller) == nonce + "\n":
        try:
            caller.send(("%s %s\n" % (nonce, self_number)).encode())
        except OSError:
            pass  # It has gone.
    callers.remove(caller)
    caller.close()


# The kernel's own measurement does not wait for a busy processor: tcpi_min_rtt of linux/tcp.h, Linux 4.6.
def kernel_rtt(stream):
    info = stream.getsockopt(socket.IPPROTO_TCP, 11, 192)
    if len(info) < 152:
        return None
    (micros,) = struct.unpack_from("I", info, 148)
    return micros / 1e6 if 0 < micros < 4294967295 else None


def connected(stream):
    probe = calling.pop(stream)
    error = stream.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
    if not error:
        probe.rtt = kernel_rtt(stream) or time.time() - probe.sent
        if probe.own:
            try:
                stream.send((nonce + "\n").encode())
                awaiting[stream] = probe
                return
            except OSError as broken:
                error = broken.errno
    probe.finish(reason(error) if error else "ok")
    stream.close()


def answered(stream):
    probe = awaiting.pop(stream)
    words = text_from(stream).split()
    if len(words) != 2 or words[0] != nonce:
        probe.finish("cut")
    else:
        probe.finish("ok" if words[1] == probe.peer else "stranger " + words[1])
    stream.close()


def report():
    global reported
    reported = True
    for probe in probes:
        if not probe.size:
            rtt = "-" if probe.rtt is None else "%.6f" % probe.rtt
            put("probe", probe.peer, probe.port, rtt, probe.result or probe.unsent or "silent")
    for peer, path in paths.items():
        if path.rtt is not None:
            put("path", peer, "%.6f" % path.rtt, "%.6f" % path.offset, path.mtu or "-")
    put("done")


# Not at every packet: hundreds of probes are gone through.
def look_around(now):
    global looked
    if now - looked < TICK_S:
        return
    looked = now
    for index in range(len(probes)):
        due = probes[index].due
        if due is not None and due <= now:
            fire(index, now)
    busy = any(probe.due is not None or (not probe.size and not probe.result) for probe in probes)
    if not busy or now - start > window:
        report()


while True:
    if not reported:
        look_around(time.time())
    reading = [0, out] + accepting + list(serving) + callers + list(awaiting)
    readable, writable, _ = select.select(reading, list(calling), [], None if reported else TICK_S)
    for stream in writable:
        connected(stream)
    for stream in readable:
        if stream in awaiting:
            answered(stream)
        elif stream in serving:
            serve(stream, serving[stream])
        elif stream in accepting:
            welcome(stream)
        elif stream in callers:
            answer(stream)
        elif stream is out:
            receive()
    if 0 in readable and line()[0] == "end":
        break
for (peer, port), size in heard.items():
    put("heard", peer, port, size)
put("bye")
