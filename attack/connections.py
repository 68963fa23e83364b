"""connections that are never finished, or never read: /health answers within 100 ms, and the service stops

Half-open requests, listeners and readers that do not read, as many as --times says of the first two, with 1,024 descriptors
and with as many as there are; and then SIGTERM while all of them are still there.
"""

import contextlib
import resource
import signal
import socket
import time

from harness import AGAIN_WITHIN, QUICK, Service
from load import SETTINGS, Load

TIMES = 1000
READERS = 50
PATIENCE = 30  # seconds for the opening of all of a kind
HALF_OPEN = b"GET /health HTTP/1.1\r\nHost: localhost\r\nX: "
LISTENER = b"GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n"
READER = 40 * b"GET /docs/swagger-ui-bundle.js HTTP/1.1\r\nHost: localhost\r\n\r\n"


def open_many(attack, service, number, request):
    """Connections on which a request was sent and nothing is read."""
    opened, begun = [], time.monotonic()
    for _ in range(number):
        if time.monotonic() - begun > PATIENCE:
            attack.note(f"only {len(opened)} of {number} connections in {PATIENCE} s")
            break
        try:
            connection = socket.create_connection(("127.0.0.1", service.port), timeout=2)
            opened.append(connection)
            connection.settimeout(0.2)
            connection.sendall(request)
        except OSError:
            attack.counts["connections refused or cut"] += 1
    return opened


def close(connections):
    for connection in connections:
        with contextlib.suppress(OSError):
            connection.close()


def slowest_health(service):
    """Of twenty answers, or of those up to one that does not come."""
    slowest = 0
    for _ in range(20):
        slowest = max(slowest, service.health())
        if slowest == float("inf"):
            break
    return slowest


def check_health(attack, service, when):
    """The slowest of twenty answers must be quick, in one of three tries: other work may be on the machine."""
    tries = [slowest_health(service) for _ in range(3)]
    attack.note(f"{when}: /health within {1000 * min(tries):.0f} ms; memory {service.figures()[0]} MB, descriptors {service.figures()[1]}")
    attack.check(min(tries) <= QUICK, f"{when}: /health takes more than {1000 * QUICK:.0f} ms: {tries}")


def check_answers(attack, service, when):
    load = Load(service, attack.seed)
    attack.check(load.probe(AGAIN_WITHIN) is not None, f"{when}: no event is answered within {AGAIN_WITHIN:.0f} s")


def attack_with(attack, descriptors):
    service = Service(attack, *SETTINGS, name=f"serve-{descriptors}", descriptors=descriptors).start()
    check_health(attack, service, f"{descriptors} descriptors")
    number, opened = attack.times, []
    for kind, count, request in (("half-open", number, HALF_OPEN), ("listeners", number, LISTENER), ("readers", READERS, READER)):
        opened += open_many(attack, service, count, request)
        attack.counts[kind] += count
        check_answers(attack, service, f"{count} {kind}")
        check_health(attack, service, f"{count} {kind}")
    code, took = service.stop()
    attack.note(f"stopped with {code} after {took:.1f} s, with {len(opened)} connections open")
    attack.check(code == 0, f"stopped with {code}: {service.said()}")
    close(opened)


def second_signal(attack):
    """Whoever asks twice does not wait."""
    service = Service(attack, *SETTINGS, name="twice").start()
    opened = open_many(attack, service, 10, HALF_OPEN)
    service.send_signal(signal.SIGTERM)
    time.sleep(0.5)
    took = service.stop(signal.SIGINT)[1]
    attack.check(took < 2, f"a second signal ended it after {took:.1f} s only")
    close(opened)


def run(attack):
    for descriptors in (1024, resource.getrlimit(resource.RLIMIT_NOFILE)[0]):
        attack_with(attack, descriptors)
    second_signal(attack)
