"""kills of the service under load: nothing that was answered is lost or doubled

The service is killed at random instants, in its start as well, and started again on the same store.
"""

from harness import Program, Service
from load import SETTINGS, Load, recount

TIMES = 100


def run(attack):
    service = Service(attack, *SETTINGS)
    with Load(service, attack.seed, clients=6) as load:
        for _ in attack.rounds():
            if attack.random.random() < 0.2:
                Program.start(service)
                attack.pause(0, 0.1)
                attack.counts["kills in the start"] += 1
            else:
                service.start()
                attack.pause(0, 0.8)
                attack.counts["kills under load"] += 1
            service.kill()
        service.start()
        attack.pause(0.5, 1)
    code, _ = service.stop()
    attack.check(code == 0, f"the last stop ended with {code}: {service.said()}")
    recount(attack, service, load)
