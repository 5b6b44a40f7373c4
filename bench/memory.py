"""Memory by growth of the proportional set size. Work is done once before, so that what is kept for good (tables, pools,
pages of the store's cache) is there already."""
import time

from load import HeldCalls, load
from processes import own_kb

MEDIA_PORTS = (50000, 5000)  # callers' RTP: an address each, as of real callers, and outside the server's own range


def held_call_kb(server, target, count):
    """Established calls whose callers want no audio (a=inactive): the signalling and the media port alone."""
    options = {"media": MEDIA_PORTS, "direction": "inactive"}
    with HeldCalls(target, count, **options):
        time.sleep(1)
    time.sleep(36)  # the transactions' timers: 32 s
    before = own_kb(server.pids)
    with HeldCalls(target, count, **options) as calls:
        time.sleep(1)
        early = own_kb(server.pids)
        time.sleep(36)
        return {"fresh": (early - before) / calls.opened, "settled": (own_kb(server.pids) - before) / calls.opened}


def strangers_growth_kb(server, target, count):
    """What `count` strangers leave behind, after as many were there before; each comes from one of 100 addresses."""
    def flood():
        for address in range(100):
            load("inv407", target, count // 100, source=f"127.0.1.{address + 1}")
        time.sleep(1)
        return own_kb(server.pids)
    return -flood() + flood()
