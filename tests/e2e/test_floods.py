"""Floods, while calls are in progress whose sound is measured. Small here; `make flood` runs them large."""
import contextlib
import resource
import socket
import ssl
import time

import flooding
import pytest
from faults import Faults
from flooding import CONNECTIONS_MB, LARGE, SMALL_REPLY_BYTES, Watch, flood, size
from hostile_backend import HostileBackend
from portico import Server, wait_for

QUIET_SANITISER = {"ASAN_OPTIONS": "quarantine_size_mb=8:malloc_context_size=2"}
SOURCES = size(100, 10_000)  # the fewer, the more has to be withheld from each
SECONDS = size(2, 20)
RATE = size(1_500, 10_000)


@pytest.fixture(scope="module")
def server():
    running = Server("--log-level", "info", environment=QUIET_SANITISER)
    yield running
    assert running.stop() == 0


@pytest.fixture(scope="module", autouse=True)
def results():
    yield
    if LARGE:
        print("\n\n" + flooding.table())


def count(watch, **prefixes):
    """{name: rise}, and as text for the table."""
    risen = {name: int(watch.rose(prefix)) for name, prefix in prefixes.items()}
    return risen, ", ".join(f"{name} {value:,}" for name, value in risen.items() if value)


def arrived(watch, sent):
    """How many datagrams reached the server's hands; what the kernel had no room for is counted too."""
    taken = watch.rose('portico_sip_messages_received_total{transport="udp"}')
    taken += watch.rose("portico_sip_received_ignored_total")
    full = watch.rose('portico_udp_not_fetched_total{socket="sip"}')
    assert taken <= sent["sent"] and (LARGE or taken + full == sent["sent"]), (taken, full, sent)
    return taken


def admissions(*reasons):
    return {reason.replace("-", "_"): f'portico_admissions_total{{reason="{reason}"}}' for reason in reasons}


def test_invites_without_proof_from_many_addresses(server, backend, tmp_path):
    with Watch("INVITE without proof", server, backend, tmp_path) as watch:
        sent = watch.flood("invite", "--sources", SOURCES, "--seconds", SECONDS, "--rate", RATE, user=watch.application.user)
    risen, text = count(watch, **admissions("challenge", "source-rate"), withheld="portico_sip_replies_withheld_total")
    assert risen["challenge"] + risen["source_rate"] == arrived(watch, sent), (risen, sent)
    assert risen["challenge"] - risen["withheld"] >= sent["received"] and sent["late"] == 0, "none is repeated"
    assert LARGE or risen["withheld"] > 0, (risen, sent)
    assert sent["excessBytesMax"] <= SMALL_REPLY_BYTES, sent
    # The first to come fills tables of addresses, which have a bound; those after it find them full.
    watch.judge(descriptors_more=8, sent=sent["sent"], refused=text, growth_mb=CONNECTIONS_MB)


def test_invites_without_proof_to_nobody(server, backend, tmp_path):
    with Watch("INVITE to nobody", server, backend, tmp_path) as watch:
        sent = watch.flood("invite", "--sources", SOURCES, "--seconds", SECONDS, "--rate", RATE, user="sales")
    risen, text = count(watch, **admissions("unknown-application", "source-rate"))
    assert risen["unknown_application"] + risen["source_rate"] == arrived(watch, sent)
    assert sent["excessBytesMax"] <= SMALL_REPLY_BYTES and sent["late"] == 0, sent
    watch.judge(descriptors_more=8, sent=sent["sent"], refused=text)


def test_guessing_passwords(server, backend, tmp_path):
    with Watch("guessing passwords", server, backend, tmp_path) as watch:
        sent = watch.flood("guess", "--sources", size(40, 400), "--seconds", SECONDS, "--rate", size(300, 4_000),
                           "--first", "127.20.0.1", user=watch.application.user)
    reasons = admissions("challenge", "wrong-password", "auth-lockout", "source-rate")
    risen, text = count(watch, **reasons, withheld="portico_sip_replies_withheld_total")
    assert risen["wrong_password"] == 5 * size(40, 400), ("five guesses an address, then it is locked out", risen, sent)
    assert risen["auth_lockout"] > 0
    assert sum(risen[reason] for reason in reasons) == arrived(watch, sent), (risen, sent)
    watch.judge(descriptors_more=8, sent=sent["sent"], refused=text)


def test_a_proof_that_was_used_is_good_for_nobody(server, backend, tmp_path):
    application = server.make_application(inlineBxml="<Response><Hangup/></Response>")
    with Watch("replayed proof", server, backend, tmp_path) as watch:
        sent = watch.flood("replay", "--sources", size(100, 1_000), "--seconds", SECONDS, "--rate", RATE, "--first",
                           "127.30.0.1", user=application.user, password=application.password)
    reasons = admissions("challenge", "admitted", "replayed-nonce", "wrong-password", "source-rate")
    risen, text = count(watch, **reasons)
    assert (risen["admitted"], risen["challenge"]) == (1, 1), risen
    assert risen["replayed_nonce"] > 0 and risen["wrong_password"] > 0, "its nonce was one source's"
    assert sum(risen.values()) == arrived(watch, sent) - 1, "all but the ACK"
    watch.judge(descriptors_more=8, sent=sent["sent"], refused=text)


def test_valid_calls_at_ten_times_capacity(backend, tmp_path):
    room, watched = size(6, 40), 2
    server = Server("--log-level", "info", "--concurrent-calls", str(room + watched + 1), environment=QUIET_SANITISER)
    # Each call lasts two seconds: `room` calls at a time are room / 2 a second.
    busy = server.make_application(inlineBxml='<Response><Pause duration="2"/></Response>')
    with Watch("calls at ten times capacity", server, backend, tmp_path) as watch:
        # No fresh call at once: the last calls take the room for two seconds.
        sent = flood(server, "calls", "--sources", size(120, 4_000), "--seconds", size(4, 20), "--rate", room / 2 * 10,
                     "--first", "127.40.0.1", quiet=4, user=busy.user, password=busy.password)
    risen, text = count(watch, **admissions("admitted", "concurrent-calls", "challenge"))
    assert risen["concurrent_calls"] == sent["statuses"]["503"] > 0
    assert risen["admitted"] == sent["statuses"]["200"] >= room, sent
    assert risen["challenge"] == risen["admitted"] + risen["concurrent_calls"]
    wait_for("the calls to end", lambda: server.metric("portico_calls") == watched)
    watch.judge(descriptors_more=2 * room + 32, sent=sent["sent"], refused=text, growth_mb=CONNECTIONS_MB)
    server.stop()


def test_options(server, backend, tmp_path):
    with Watch("OPTIONS", server, backend, tmp_path) as watch:
        sent = watch.flood("options", "--sources", SOURCES, "--seconds", SECONDS, "--rate", RATE, "--first", "127.50.0.1")
    risen, text = count(watch, options="portico_sip_options_total", withheld="portico_sip_replies_withheld_total")
    assert LARGE or risen["withheld"] > 0, (risen, sent)
    assert risen["options"] == arrived(watch, sent) and risen["options"] - risen["withheld"] >= sent["received"], (risen, sent)
    assert sent["excessBytesMax"] <= SMALL_REPLY_BYTES, sent
    watch.judge(descriptors_more=8, sent=sent["sent"], refused=text)


def test_requests_that_are_malformed(server, backend, tmp_path):
    with Watch("malformed", server, backend, tmp_path) as watch:
        sent = watch.flood("malformed", "--sources", SOURCES, "--seconds", SECONDS, "--rate", RATE, "--first", "127.55.0.1")
    risen, text = count(watch, malformed="portico_sip_messages_refused_total",
                        withheld="portico_sip_replies_withheld_total")
    assert risen["withheld"] > 0 and sent["statuses"].keys() == {"400"}, (risen, sent)
    assert risen["malformed"] == arrived(watch, sent) and risen["malformed"] - risen["withheld"] >= sent["received"], (risen, sent)
    assert sent["excessBytesMax"] <= SMALL_REPLY_BYTES, sent
    watch.judge(descriptors_more=8, sent=sent["sent"], refused=text)


def test_garbage(server, backend, tmp_path):
    with Watch("garbage", server, backend, tmp_path) as watch:
        sent = watch.flood("garbage", "--sources", SOURCES, "--seconds", SECONDS, "--rate", RATE, "--first", "127.60.0.1",
                           user=watch.application.user)
    risen, text = count(watch, ignored="portico_sip_received_ignored_total", malformed="portico_sip_messages_refused_total",
                        stray="portico_sip_stray_messages_total", admission="portico_admissions_total",
                        source_rate='portico_admissions_total{reason="source-rate"}')
    assert risen["ignored"] >= sent["sent"] // 6 and risen["malformed"] > sent["sent"] // 4 and risen["stray"] > 0, risen
    assert arrived(watch, sent)
    watch.judge(descriptors_more=8, sent=sent["sent"], refused=text)


def tls_hello():
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    context = ssl.create_default_context()
    client = context.wrap_bio(incoming, outgoing, server_hostname="sip.example.net")
    with contextlib.suppress(ssl.SSLWantReadError):
        client.do_handshake()
    return outgoing.read()


class Connections:
    """Many connections from many addresses; `speak` is given the whole text that each may say, byte by byte."""

    def __init__(self, port, count, first, each=200):
        self.sockets = []
        for number in range(count):
            one = socket.socket()
            one.setblocking(False)
            one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            one.setsockopt(socket.IPPROTO_IP, 24, 1)  # IP_BIND_ADDRESS_NO_PORT: ports are shared between addresses
            address = number // each
            one.bind((f"127.{first}.{address // 250}.{address % 250 + 1}", 0))
            with contextlib.suppress(BlockingIOError):
                one.connect(("127.0.0.1", port))
            self.sockets.append(one)
            if number % 64 == 63:
                time.sleep(0.005)

    def say(self, text):
        for one in self.sockets:
            with contextlib.suppress(OSError):
                one.send(text)

    def say_until_unheard(self, text, heard):
        """Each says `text` again and again, until `heard()` rises no more. Returns how many bytes were taken."""
        rest, taken, before = dict.fromkeys(self.sockets, text), 0, -1
        while (now := heard()) != before:
            before, turn = now, time.monotonic()
            while time.monotonic() - turn < 2:
                for one in self.sockets:
                    with contextlib.suppress(OSError):
                        said = one.send(rest[one])
                        rest[one] = rest[one][said:] or text
                        taken += said
                time.sleep(0.01)
        return taken

    def closed(self):
        """How many the server has closed."""
        gone = 0
        for one in self.sockets:
            try:
                gone += one.recv(4096, socket.MSG_DONTWAIT | socket.MSG_PEEK) == b""
            except BlockingIOError:
                pass
            except OSError:
                gone += 1
        return gone

    def close(self):
        for one in self.sockets:
            one.close()


# limits::kTcpConnectionsMax, or a fifth of the descriptors.
ROOM = min(8_192, resource.getrlimit(resource.RLIMIT_NOFILE)[1] // 5)


TOO_LITTLE = ["TCP: nothing", "TCP: a byte a second", "TLS: nothing", "TLS: half a handshake", "TLS: a byte a second"]


@pytest.mark.parametrize("manner", TOO_LITTLE)
def test_connections_that_say_too_little(server, backend, tmp_path, manner):
    transport = manner[:3].lower()
    tls = transport == "tls"
    port = server.sips_port if tls else server.sip_port
    count, each = size((600, 300), (10_000, 200))
    text = tls_hello() if tls else b"OPTIONS sip:127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/TCP 127.0.0.1;branch=z9hG4bKa\r\n"
    with Watch(manner, server, backend, tmp_path, transport=transport) as watch:
        connections = Connections(port, count, 70 + 10 * TOO_LITTLE.index(manner), each)
        for second in range(size(2, 35)):  # longer than the 30 s in which a message must be whole
            if manner.endswith("a byte a second"):
                connections.say(text[second:second + 1])
            if manner == "TLS: half a handshake" and second == 0:
                connections.say(text[:len(text) // 2])
            time.sleep(1)
        watch.call_meanwhile()
        expected = max(count - ROOM, 0) if LARGE else count - 2 * 256  # each address may have 256
        wait_for("the refusals", lambda: connections.closed() >= expected, 30)
        refused = connections.closed()
    risen, text = count_streams(watch)
    assert refused >= expected and sum(risen.values()) >= expected, (risen, refused)
    assert not LARGE or risen["too_slow"] > 0, risen
    connections.close()
    watch.judge(descriptors_more=min(count, ROOM) + 64, sent=count, refused=text, growth_mb=CONNECTIONS_MB)


def test_connections_that_ask_and_do_not_read(server, backend, tmp_path):
    ask = (b"OPTIONS sip:127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/TCP 127.0.0.1:5060;branch=z9hG4bKa\r\nMax-Forwards: 70\r\n"
           b"From: <sip:a@127.0.0.1>;tag=a\r\nTo: <sip:127.0.0.1>\r\nCall-ID: a\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n")
    with Watch("TCP: reads no answers", server, backend, tmp_path, transport="tcp") as watch:
        connections = Connections(server.sip_port, size(8, 300), 135)
        taken = connections.say_until_unheard(ask * 100, lambda: server.metric("portico_sip_options_total"))
        watch.call_meanwhile()
    risen, text = count(watch, answered="portico_sip_options_total",
                        overfull='portico_stream_ended_total{reason="too_large"}')
    assert 0 < risen["answered"] < taken // len(ask), "the rest was not read"
    assert risen["overfull"] == 0 and connections.closed() == 0, risen
    connections.close()
    watch.judge(descriptors_more=size(8, 300) + 8, sent=taken // len(ask), refused=text, growth_mb=CONNECTIONS_MB)


# The kernel spreads the connections over the threads by hash, and one of them gets more than its share.
def test_one_address_has_all_its_connections_though_threads_share_the_port(backend, tmp_path):
    of_one = min(256, ROOM // 8)
    server = Server("--log-level", "info", "--signaling-threads", "4", environment=QUIET_SANITISER)
    with Watch("TCP: one address, 4 threads", server, backend, tmp_path, transport="tcp") as watch:
        connections = Connections(server.sip_port, of_one, 165, each=of_one)
        time.sleep(1)
        assert connections.closed() == 0
        more = Connections(server.sip_port, 20, 165)
        wait_for("the refusals", lambda: more.closed() == 20)
        watch.call_meanwhile()
        assert connections.closed() == 0
    risen, text = count_streams(watch)
    assert risen["too_many_of_one"] == 20, risen
    connections.close()
    more.close()
    watch.judge(descriptors_more=of_one + 8, sent=of_one + 20, refused=text, growth_mb=CONNECTIONS_MB)
    server.stop()


def count_streams(watch):
    return count(watch, too_many='portico_stream_refused_total{reason="connections_max"}',
                 too_many_of_one='portico_stream_refused_total{reason="per_source_max"}',
                 too_slow='portico_stream_ended_total{reason="timeout"}',
                 gave_way='portico_stream_ended_total{reason="busy"}')


def test_rtp_sprayed_over_all_ports(server, backend, tmp_path):
    low, high = server.rtp_ports
    with Watch("RTP spray", server, backend, tmp_path) as watch:
        sent = {"sent": 0}
        for first, sources in (("127.0.0.1", 1), ("127.120.0.1", size(10, 1_000))):
            one = watch.flood("rtp", "--sources", sources, "--first", first, "--seconds", SECONDS / 2, "--rate",
                              size(3_000, 20_000), "--port-low", low, "--port-high", high, quiet=0)
            assert one["received"] == 0, "something was sent to one who only sprayed"
            sent["sent"] += one["sent"]
    risen, text = count(watch, unplaced="portico_media_unplaced_packets_total", dropped="portico_media_drops_total",
                        malformed="portico_rtp_drops_total")
    assert risen["unplaced"] + risen["dropped"] > 0, risen
    watch.judge(descriptors_more=8, sent=sent["sent"], refused=text)


def test_rtp_at_the_port_of_a_call(server, backend, tmp_path):
    with Watch("RTP at one port", server, backend, tmp_path) as watch:
        port = watch.running[0].port()
        sent = watch.flood("rtp", "--sources", 1, "--first", "127.121.0.1", "--seconds", SECONDS, "--rate",
                           size(10_000, 100_000), "--port-low", port, "--port-high", port, quiet=0)
    assert sent["received"] == 0
    risen, text = count(watch, unplaced="portico_media_unplaced_packets_total", dropped="portico_media_drops_total",
                        not_fetched='portico_udp_not_fetched_total{socket="rtp"}')
    assert risen["unplaced"] + risen["dropped"] > sent["sent"] // 2, "it is the port of the call"
    assert risen["not_fetched"] <= sent["sent"] // 50, "the call's own packets are among those"
    watch.judge(descriptors_more=8, sent=sent["sent"], refused=text)


@pytest.mark.parametrize("manner", ["silent", "drips", "redirects"])
def test_backends_that_never_come_to_an_end(server, backend, tmp_path, manner):
    hostile, told = HostileBackend(manner), HostileBackend(manner)
    application = server.make_application(callInitiatedCallbackUrl=hostile.url + "/initiate", callbackTimeout=2,
                                          callInitiatedFallbackUrl=hostile.url + "/fallback",
                                          callStatusCallbackUrl=told.url + "/status")
    calls = size(60, 600)
    with Watch(f"backend: {manner}", server, backend, tmp_path) as watch:
        sent = watch.flood("calls", "--sources", calls, "--seconds", 2, "--rate", calls / 2, "--first",
                           "127.130.0.1", quiet=4, user=application.user, password=application.password)
        wait_for("the calls to end", lambda: server.metric("portico_calls") == 2, 60)
    watch.call_meanwhile()
    backend.wait_event("disconnect", 2)  # of the two fresh calls: what cannot be told keeps back nothing else
    assert told.requests > 0
    hostile.stop()
    told.stop()
    risen, text = count(watch, unreachable='portico_webhooks_total{event="initiate",outcome="unreachable"}',
                        refused='portico_webhooks_total{event="initiate",outcome="refused"}', **admissions("admitted"))
    assert risen["admitted"] == calls, (risen, sent)
    asked = risen["refused"] if manner == "redirects" else risen["unreachable"]
    assert asked == 2 * calls, "each call asks its backend once, and the fallback once"
    assert hostile.requests <= 2 * calls, "redirects of webhooks are not followed"
    assert sent["statuses"].get("500") == calls, sent
    watch.judge(descriptors_more=2 * calls + 64, sent=sent["sent"], refused=text, growth_mb=CONNECTIONS_MB)


def test_connections_do_not_take_the_descriptors_of_calls(backend, tmp_path):
    server = Server("--log-level", "info", environment=QUIET_SANITISER, wrapper=("prlimit", "--nofile=512:512"))
    with Watch("connections, 512 descriptors", server, backend, tmp_path, transport="tls") as watch:
        tcp, tls = Connections(server.sip_port, 400, 140), Connections(server.sips_port, 400, 150)
        time.sleep(2)
        watch.call_meanwhile()
        refused = tcp.closed() + tls.closed()
    risen, text = count_streams(watch)
    assert refused == risen["too_many"] + risen["too_many_of_one"] + risen["gave_way"] >= 800 - 512 // 5, risen
    tcp.close()
    tls.close()
    watch.judge(descriptors_more=512 // 5 + 8, sent=800, refused=text, growth_mb=CONNECTIONS_MB)
    server.stop()


@pytest.mark.release
def test_accepting_goes_on_when_descriptors_are_there_again(backend, tmp_path):
    faults = Faults(tmp_path, "--log-level", "info", environment=QUIET_SANITISER)
    server = faults.server
    application = server.make_application(inlineBxml='<Response><Pause duration="0.2"/></Response>')
    pid = server.process.pid
    before = flooding.descriptors(pid)
    faults.descriptors_gone(True)
    waiting = Connections(server.sip_port, 50, 160)
    time.sleep(0.5)
    assert flooding.descriptors(pid) <= before, "an API connection may have closed; none was opened"
    faults.descriptors_gone(False)
    wait_for("a call over TCP", lambda: application.dial(transport="tcp", check=False).get("status") == 200)
    assert server.metric("portico_stream_accept_errors_total") > 0
    assert server.metric("portico_http_accept_errors_total") == 0, "nobody asked the API meanwhile"
    waiting.close()
    server.stop()
