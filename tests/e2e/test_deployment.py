"""What the settings of a deployment make of calls: its names, TLS, limits, several workers."""
import re
import socket

import pytest
import sipp
import sound
from portico import ACCOUNT, Server, wait_for
from raw import SDP, RawCaller
from test_connections import TcpCaller

INLINE = "<Response><Pause duration='20'/></Response>"
DOMAIN = "sip.portico.example"


@pytest.fixture(scope="module")
def named():
    running = Server("--domain", DOMAIN, "--region", "EU", "--regions", "EU,US", "--node", "west_1.corp.example")
    yield running
    assert running.stop() == 0


@pytest.fixture(scope="module")
def application(named):
    made = named.make_application(inlineBxml=INLINE, allowedRegions=["EU"])
    made.dial("--duration", "0.2")  # an address that has proved nothing gets few answers
    return made


@pytest.mark.parametrize("host, status", [
    (DOMAIN, 407), (DOMAIN.upper(), 407), (DOMAIN + ":5060", 407), (DOMAIN + ";transport=udp", 407),
    ("west-1." + DOMAIN, 407), ("eu." + DOMAIN, 407), ("US." + DOMAIN + ":5060", 407), ("127.0.0.1", 407),
    ("127.0.0.1:5060", 407), ("west-2." + DOMAIN, 404), ("asia." + DOMAIN, 404), ("portico.example", 404),
    ("x" + DOMAIN, 404), (DOMAIN + ".example.org", 404), ("127.0.0.2", 404), ("[::1]", 404)])
def test_our_own_names_are_ours_with_and_without_port_and_no_other_is(named, application, host, status):
    caller = RawCaller(named, application)
    caller.uri = f"sip:{application.user}@{host}".encode()
    assert caller.call().startswith(b"SIP/2.0 %d " % status)


def test_sips_is_called_over_tls(named, application):
    report = named.dial(f"sips:{application.user}@127.0.0.1:{named.sips_port}", "--duration", "1", "--trace",
                        password=application.password)
    assert report["status"] == 200 and report["challenged"]
    assert f"INVITE sips:{application.user}@127.0.0.1" in report["stderr"] and " UDP " not in report["stderr"]
    application.newest_admission(transport="tls")


def test_info_outside_a_dialog_is_405(named, application):
    sipp.expect([sipp.request("INFO", 1, to_tag=False, retrans=500), sipp.receive(405, checks=("Allow:.*INVITE",))],
                (application.user, "127.0.0.1", named.sip_port))


def test_a_deployment_that_requires_tls_refuses_what_came_without():
    server = Server("--require-tls")
    application = server.make_application(inlineBxml=INLINE)
    for transport in (None, "tcp"):
        assert application.dial("--duration", "1", transport=transport, check=False)["status"] == 403
        application.newest_admission(step=7, reason="tls-required", transport=transport or "udp")
    assert application.dial("--duration", "1", transport="tls")["status"] == 200
    server.stop()


def test_an_application_that_requires_tls_refuses_what_came_without(named):
    application = named.make_application(inlineBxml=INLINE, allowedRegions=["EU"], requireTls=True)
    assert application.dial("--duration", "1", check=False)["status"] == 403
    application.newest_admission(reason="tls-required")
    assert application.dial("--duration", "1", transport="tls")["status"] == 200
    path = f"/v2/accounts/{ACCOUNT}/voice-applications/{application.id}"
    assert named.api("PATCH", path, {"requireTls": False})[0] == 200
    assert application.dial("--duration", "1")["status"] == 200


def test_what_a_deployment_or_an_application_wants_in_srtp_it_does_not_take_in_the_clear(backend, named):
    urls = {"callInitiatedCallbackUrl": backend.url + "/initiate", "callStatusCallbackUrl": backend.url + "/status"}
    backend.script(initiate={"verbs": [["Pause", {"duration": 20}]]})
    server = Server("--srtp", "required")
    for application in (server.make_application(**urls),
                        named.make_application(allowedRegions=["EU"], requireSrtp=True, **urls)):
        assert application.dial("--duration", "1", check=False)["status"] == 488
        application.newest_admission(step=12, reason="srtp-required")
        assert not [event for event in backend.events() if event["applicationId"] == application.id]
        assert application.dial("--duration", "1", "--srtp")["status"] == 200
    server.stop()


def test_a_deployment_may_keep_its_own_network_from_its_customers(backend, tmp_path):
    server = Server("--no-allow-private-targets", "--no-allow-private-source-ips")
    asking = server.make_application(callInitiatedCallbackUrl=backend.url + "/initiate")
    wav = str(tmp_path / "a.wav")
    sound.write_tone(wav, 440, 1.0)
    playing = server.make_application(inlineBxml=f"<Response><PlayAudio>{backend.url}/a.wav</PlayAudio></Response>")
    backend.script(initiate={"raw": INLINE}, **{"a.wav": {"file": wav, "headers": {"Content-Type": "audio/wav"}}})
    assert asking.dial("--duration", "1", check=False)["status"] == 500
    assert playing.dial("--duration", "5", check=False)["hangupBy"] == "remote"
    assert backend.requests() == []
    assert server.metric('portico_webhooks_total{event="initiate",outcome="refused"}') == 1
    status, reply = server.api("POST", f"/v2/accounts/{ACCOUNT}/voice-applications", {
        "applicationName": "Inside", "passwordAuthEnabled": True, "allowedSourceIps": ["10.0.0.0/8"], "allowedRegions": ["US"]})
    assert status == 400 and reply["errors"][0]["source"]["field"].startswith("allowedSourceIps"), reply
    server.stop()


def test_a_deployment_may_hide_its_applications_and_choose_its_codecs():
    server = Server("--hide-applications", "--codecs", "PCMA")
    hidden = server.make_application(inlineBxml=INLINE, allowedSourceIps=["203.0.113.0/24"])
    assert hidden.dial(check=False)["status"] == 404
    hidden.newest_admission(reason="source-not-allowed")
    application = server.make_application(inlineBxml=INLINE)
    assert application.dial("--duration", "0.5")["codec"] == "PCMA"
    assert application.dial("--codec", "PCMU", check=False)["status"] == 488
    server.stop()


def test_callers_are_told_the_public_address():
    """That of a NAT, say: where it is bound nobody reaches it."""
    server = Server("--bind", "0.0.0.0", "--public-ip", "127.0.0.77")
    application = open_application(server)
    assert application.data["sipUri"].endswith("@127.0.0.77")
    caller = RawCaller(server, application)
    answer = caller.call()
    caller.bye()
    assert answer.startswith(b"SIP/2.0 200 ")
    assert b"\r\nc=IN IP4 127.0.0.77\r\n" in answer and b" 0.0.0.0" not in answer
    assert re.search(rb"\r\nContact: <sip:[^>]*127\.0\.0\.77:%d[>;]" % server.sip_port, answer), answer
    server.stop()


def open_application(server, backend=None):
    urls = {"callInitiatedCallbackUrl": backend.url + "/initiate",
            "callStatusCallbackUrl": backend.url + "/status"} if backend else {"inlineBxml": INLINE}
    return server.make_application(passwordAuthEnabled=False, allowedSourceIps=["127.0.0.0/8"], **urls)


def test_calls_a_second_over_the_accounts_limit_get_503_and_a_record(backend):
    server = Server("--calls-per-second", "2")
    application = open_application(server, backend)
    backend.script(initiate={"verbs": [["Pause", {"duration": 20}]]}, status={"status": 204})
    callers = [RawCaller(server, application) for _ in range(12)]
    for caller in callers:  # all in one moment
        caller.send(b"INVITE", 1, body=SDP)
    answers = [(caller.take_answer(), caller) for caller in callers]
    refused = [answer for answer, _ in answers if answer.startswith(b"SIP/2.0 503 ")]
    taken = [caller for answer, caller in answers if answer.startswith(b"SIP/2.0 200 ")]
    assert refused and len(taken) >= 2 and len(refused) + len(taken) == 12
    assert all(b"\r\nRetry-After: 1\r\n" in answer for answer in refused)
    wait_for("the events", lambda: len(backend.events("disconnect")) == len(refused))
    ends = backend.events("disconnect")
    assert {event["cause"] for event in ends} == {"account-limit"}
    rows = wait_for("the rows", lambda: [row for row in application.admissions() if row["reason"] == "calls-per-second"])
    assert len(rows) == len(refused) and {row["step"] for row in rows} == {13}

    def listed():
        calls = server.api("GET", f"/api/v2/accounts/{ACCOUNT}/calls")[1]
        return {call["callId"] for call in calls if call["disconnectCause"] == "account-limit"}
    wait_for("their records", lambda: listed() == {event["callId"] for event in ends})

    def succeeds():
        caller = RawCaller(server, application)
        if caller.call().startswith(b"SIP/2.0 503 "):
            return False
        taken.append(caller)
        return True
    wait_for("room for a call once the second is over", succeeds)
    for caller in taken:
        caller.bye()
    server.stop()


# --- several workers: a UDP port or a TCP connection falls to one of them, a call by its Call-ID to another ---

@pytest.fixture(scope="module")
def crowd():
    running = Server("--signaling-threads", "3", "--media-threads", "2")
    yield running
    assert running.stop() == 0


class Roaming(RawCaller):
    """A caller whose later requests come by other sockets; without rport the answers go to its sent-by all the same."""

    def __init__(self, server, application):
        super().__init__(server, application)
        self.home = self.socket

    def send(self, *args, elsewhere=False, **kwargs):
        if elsewhere:
            self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            self.socket.bind(("127.0.0.1", 0))
            self.socket.connect(self.home.getpeername())
        super().send(*args, **kwargs)
        self.socket = self.home


FLOWS = 6  # by chance all of them fall to the worker of their call once in 3^6
HELD = SDP.replace(b"o=- 1 1", b"o=- 1 2") + b"a=sendonly\r\n"
FINAL = [b" 2", b" 3", b" 4", b" 5", b" 6"]


def nothing_is_left(server):
    wait_for("no call to be left", lambda: server.metric("portico_calls") == 0)
    wait_for("no port to be left", lambda: server.metric("portico_media_ports") == 0)


def test_requests_in_a_dialog_find_their_call_by_whichever_socket_they_come(crowd, backend):
    application = open_application(crowd, backend)
    backend.script(initiate={"verbs": [["Pause", {"duration": 60}]]}, status={"status": 204})
    for n in range(FLOWS):
        caller = Roaming(crowd, application)
        assert caller.call().startswith(b"SIP/2.0 200 ")
        caller.send(b"INVITE", 2, body=HELD, to_tag=caller.to_tag, branch=b"z9hG4bKre" + caller.call_id, elsewhere=True)
        answer = caller.receive(FINAL)
        assert answer.startswith(b"SIP/2.0 200 ") and b"CSeq: 2 INVITE" in answer and b"a=recvonly" in answer, answer
        caller.send(b"ACK", 2, to_tag=caller.to_tag, branch=b"z9hG4bKreack" + caller.call_id, elsewhere=True)
        caller.send(b"BYE", 3, to_tag=caller.to_tag, branch=b"z9hG4bKbye" + caller.call_id, elsewhere=True)
        while b"CSeq: 3 BYE" not in answer:  # the 200 to the re-INVITE is repeated until its ACK is there
            answer = caller.receive(FINAL)
        assert answer.startswith(b"SIP/2.0 200 "), answer
        end = backend.wait_event("disconnect", n + 1)
        assert end["cause"] == "hangup" and end["callId"] == backend.events("initiate")[n]["callId"]
    nothing_is_left(crowd)


def test_a_cancel_finds_its_invite_by_whichever_socket_it_comes(crowd, backend):
    application = open_application(crowd, backend)
    backend.script(initiate={"verbs": [["Ring", {"duration": 60, "answerCall": False}]]}, status={"status": 204})
    for n in range(FLOWS):
        caller = Roaming(crowd, application)
        caller.send(b"INVITE", 1, body=SDP)
        caller.receive([b"180"])
        caller.send(b"CANCEL", 1, elsewhere=True)
        answers = {caller.receive([b"200", b"487"])[:11] for _ in range(2)}
        assert answers == {b"SIP/2.0 200", b"SIP/2.0 487"}
        caller.send(b"ACK", 1, to_tag=next(b";tag=" + line.split(b";tag=")[1] for message in caller.received if b"487" in message[:12]
                                           for line in message.split(b"\r\n") if line.startswith(b"To:")), elsewhere=True)
        assert backend.wait_event("disconnect", n + 1)["cause"] == "cancel"
    nothing_is_left(crowd)


def test_over_tcp_a_bye_by_another_connection_ends_the_call(crowd, backend):
    application = open_application(crowd, backend)
    backend.script(initiate={"verbs": [["Pause", {"duration": 60}]]}, status={"status": 204})
    for n in range(FLOWS):
        caller = TcpCaller(crowd, application, "127.0.0.1", sipp.free_port())
        caller.send("INVITE", 1, SDP)
        tag = ";tag=" + caller.receive("SIP/2.0 200").split("\r\nTo:")[1].split("\r\n")[0].split(";tag=")[1]
        first = caller.socket
        for method, cseq in (("ACK", 1), ("BYE", 2)):
            caller.socket = socket.create_connection(("127.0.0.1", crowd.sip_port), timeout=15)
            caller.send(method, cseq, to_tag=tag)
        assert "2 BYE" in caller.receive("SIP/2.0 200"), "the answer comes by the request's own connection"
        assert backend.wait_event("disconnect", n + 1)["cause"] == "hangup"
        first.close()
        caller.listener.close()
    nothing_is_left(crowd)
