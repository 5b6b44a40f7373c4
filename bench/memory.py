"""Memory of a call and of a stranger's INVITE. Each row is of a server of its own, warmed by a handful of calls (so that what
is made at the first one is there): in what earlier loads have left, calls would find room that nobody counts."""
import statistics
import time

from load import HeldCalls, load
from media import ARRIVALS, FRAMES_A_SECOND

MEDIA_PORTS = (50000, 5000)  # callers' RTP: an address each, as of real callers, and outside the server's own range
WARMING_CALLS = 20
FREED_SECONDS = 12  # after 10 s the allocator gives back what is free
SETTLED_SECONDS = 34 + FREED_SECONDS  # a transaction's timers: 32 s
PLAYING_SECONDS = 2
STRANGERS = 20  # addresses
FLOODS = 6


def warmed_kb(server, target, **options):
    """What the server holds after a handful of calls, when nothing is left of them."""
    with HeldCalls(target, WARMING_CALLS, **options):
        time.sleep(2)
    time.sleep(SETTLED_SECONDS)
    return server.memory_kb()


def held_call_kb(server, target, count):
    """Established calls whose callers want no audio (a=inactive): the signalling and the media port alone."""
    options = {"media": MEDIA_PORTS, "direction": "inactive"}
    before = warmed_kb(server, target, **options)
    with HeldCalls(target, count, **options) as calls:
        time.sleep(1)
        early = server.memory_kb()
        time.sleep(SETTLED_SECONDS)
        return {"fresh": (early - before) / calls.opened, "settled": (server.memory_kb() - before) / calls.opened}


def playing_call_kb(server, target, sink):
    """Calls of all of the sink's phones that hear a prompt, their transactions included."""
    options = {"media": sink.media, "rate": ARRIVALS}
    before = warmed_kb(server, target, **options)
    with HeldCalls(target, sink.count, **options) as calls:
        packets = sink.packets()
        time.sleep(PLAYING_SECONDS)
        after, packets = server.memory_kb(), sink.packets() - packets
        due = calls.opened * FRAMES_A_SECOND * PLAYING_SECONDS
        if packets < due * 0.9:
            raise RuntimeError(f"the calls heard {packets} of {due} packets")
        return (after - before) / calls.opened


def strangers_kept(server, target, count):
    """What strangers' INVITEs leave behind. {"first_kb": of the first `count` together, which fill what has a bound (tables of
    addresses, the store's pages); "bytes": of each of those that follow, as the slope of a line through the memory after
    each flood: a leak grows with them, what queues held at their fullest does not}."""
    def after_a_flood():
        for address in range(STRANGERS):
            load("inv407", target, count // STRANGERS, source=f"127.0.1.{address + 1}")
        time.sleep(FREED_SECONDS)
        return server.memory_kb()
    before = server.memory_kb()
    first = after_a_flood()
    after_a_flood()
    kept = [after_a_flood() for _ in range(FLOODS)]
    slope, _ = statistics.linear_regression(range(FLOODS), kept)
    return {"first_kb": first - before, "bytes": slope * 1024 / count}
