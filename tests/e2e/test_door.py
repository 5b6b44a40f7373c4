"""The door, row by row of voice-applications.md section 5, with sipp as the caller."""
import hashlib
import re
import socket
import ssl
import subprocess

import belle_caller
import pytest
import raw
import sipp
from portico import ACCOUNT, BINARY, Server, http, wait_for

INLINE = "<Response><Pause duration=\"20\"/></Response>"


@pytest.fixture(scope="module")
def server():
    running = Server("--digest-algorithms", "MD5,SHA-256")  # sipp looks at the first challenge only, and knows MD5
    yield running
    assert running.stop() == 0


@pytest.fixture(scope="module")
def application(server):
    return server.make_application(applicationName="Door", inlineBxml=INLINE)


@pytest.fixture(params=["udp", "tcp", "tls"])
def transport(request):
    """Each row of the admission table is tried over each."""
    return request.param


def target(application, transport="udp"):
    return application.user, "127.0.0.1", application.server.sips_port if transport == "tls" else application.server.sip_port


def refused(status, body=None, headers=(), checks=()):
    return [sipp.request("INVITE", 1, sipp.sdp() if body is None else body, headers, to_tag=False, retrans=500),
            sipp.receive(100, optional=True), sipp.receive(status, checks=checks),
            sipp.request("ACK", 1, branch="[branch-3]"), sipp.pause(100)]


def test_password_only(application, transport):
    sipp.expect([*sipp.answered(), sipp.pause(200), *sipp.bye()], target(application, transport),
                password=application.password, transport=transport)
    application.newest_admission(step=15, reason="admitted", transport=transport)


def test_password_and_source(server, transport):
    inside = server.make_application(inlineBxml=INLINE, allowedSourceIps=["127.0.0.0/8"])
    sipp.expect([*sipp.answered(), *sipp.bye()], target(inside, transport), password=inside.password, transport=transport)
    outside = server.make_application(inlineBxml=INLINE, allowedSourceIps=["203.0.113.0/24"])
    sipp.expect(refused(403), target(outside, transport), transport=transport)
    outside.newest_admission(reason="source-not-allowed")


@pytest.mark.parametrize("block", ["127.0.0.0/8", "0.0.0.0/0"])
def test_source_only_is_not_challenged_and_open_to_everybody_is_an_explicit_choice(server, transport, block):
    application = server.make_application(inlineBxml=INLINE, passwordAuthEnabled=False, allowedSourceIps=[block])
    sipp.expect([sipp.request("INVITE", 1, sipp.sdp(), to_tag=False, retrans=500), sipp.receive(100, optional=True),
                 sipp.receive(200, record_route=True), sipp.request("ACK", 1, routes=True, uri="[next_url]"), *sipp.bye(2)],
                target(application, transport), transport=transport)


def test_a_source_is_where_a_request_comes_from_whatever_it_says(server, transport):
    application = server.make_application(inlineBxml=INLINE, passwordAuthEnabled=False, allowedSourceIps=["127.0.0.41/32"])
    forged = [step.replace("[local_ip]:[local_port];", "127.0.0.41:5060;received=127.0.0.41;")
              .replace("caller@[local_ip]:[local_port]", "caller@127.0.0.41").replace("caller@example.net", "caller@127.0.0.41")
              for step in refused(403, headers=["X-Forwarded-For: 127.0.0.41", "P-Asserted-Identity: <sip:caller@127.0.0.41>"])]
    sipp.expect(forged, target(application, transport), transport=transport, source="127.0.0.42")
    application.newest_admission(reason="source-not-allowed")


def test_no_region_admits_nobody(server, transport):
    application = server.make_application(inlineBxml=INLINE, allowedRegions=[])
    sipp.expect(refused(403), target(application, transport), transport=transport)
    application.newest_admission(reason="region-not-allowed")


def test_neither_password_nor_sources_cannot_be_configured(server):
    status, reply = server.api("POST", f"/v2/accounts/{ACCOUNT}/voice-applications", {
        "applicationName": "Open by mistake", "inboundSipCallsEnabled": True, "passwordAuthEnabled": False, "allowedSourceIps": []})
    assert status == 400 and reply["errors"][0]["source"]["field"] == "inboundSipCallsEnabled", reply


def test_an_unknown_user_is_404_like_a_disabled_one(server, application, transport):
    disabled = server.make_application(inlineBxml=INLINE)
    status, _ = server.api("PATCH", f"/v2/accounts/{ACCOUNT}/voice-applications/{disabled.id}", {"inboundSipCallsEnabled": False})
    assert status == 200
    _, host, port = target(application, transport)
    for user in ("7d9c1b52-3a57-4f0e-b0c6-5f4d9d3d8a11", "sales"):
        sipp.expect(refused(404), (user, host, port), transport=transport)
    wait_for("the disabled URI to be unknown", lambda: sipp.run(refused(404), (disabled.user, host, port), transport=transport)[0] == 0)


def test_who_asks_for_no_application_is_named_in_the_log(server, application):
    sipp.expect(refused(404), ("100", *target(application)[1:]), source="127.0.0.31")
    line, = [line for line in server.logged("admission") if line["source"].startswith("127.0.0.31:")]
    assert (line["level"], line["applicationId"], line["answer"]) == ("info", "-", "404"), line
    assert line["to"] == "100@127.0.0.1", line


def test_a_foreign_host_is_not_relayed_to(application):
    sipp.expect(refused(404), target(application), service=f"sip:{application.user}@elsewhere.example")


def test_a_scheme_that_is_not_sip_is_416(application):
    sipp.expect(refused(416), target(application), service="tel:+15551230001")


@pytest.mark.parametrize("source, rule, broken, status, reason, checks", [
    ("127.0.0.21", "Max-Forwards: 70", "Max-Forwards: 0", 483, "too-many-hops", ()),
    ("127.0.0.22", "Max-Forwards: 70", "Max-Forwards: 70\nRequire: teleport", 420, "bad-extension", ("Unsupported:.*teleport",)),
    ("127.0.0.23", "Max-Forwards: 70", "Max-Forwards: many", 400, "bad-request", ()),
    ("127.0.0.24", " SIP/2.0\nVia", " SIP/3.0\nVia", 505, "bad-version", ()),
    ("127.0.0.25", "INVITE [service_uri]", "INVITE [service_uri];x=" + 9000 * "y", 414, "uri-too-long", ()),
], ids=["483", "420", "400", "505", "414"])
def test_what_breaks_sips_rules_is_refused_and_told_to_the_owner(application, source, rule, broken, status, reason, checks):
    """Of these the log has one a second and source, so each comes from its own."""
    invite, *rest = refused(status, checks=checks)
    assert rule in invite
    sipp.expect([invite.replace(rule, broken), *rest], target(application), source=source)
    assert application.newest_admission(reason=reason)["step"] == 1


def test_a_message_over_the_limit_is_413_and_told_to_the_owner_of_whom_it_was_for(server, application):
    with socket.create_connection(("127.0.0.1", server.sip_port), timeout=15, source_address=("127.0.0.27", 0)) as caller:
        caller.sendall((f"INVITE {application.uri()} SIP/2.0\r\nVia: SIP/2.0/TCP 127.0.0.27;branch=z9hG4bKlarge\r\n"
                        f"From: <sip:me@example.net>;tag=f\r\nTo: <{application.uri()}>\r\nCall-ID: large\r\nCSeq: 1 INVITE\r\n"
                        "Max-Forwards: 70\r\nContent-Length: 70000\r\n\r\n").encode())
        assert caller.recv(4096).startswith(b"SIP/2.0 413")
    assert application.newest_admission(reason="message-too-large")["step"] == 1


def test_an_invite_that_comes_by_two_ways_is_482_the_second_time(server):
    application = server.make_application(inlineBxml=INLINE, passwordAuthEnabled=False, allowedSourceIps=["127.0.0.0/8"])
    caller = raw.RawCaller(server, application, "127.0.0.26")
    assert caller.call().startswith(b"SIP/2.0 200")
    caller.send(b"INVITE", 1, body=raw.SDP, branch=b"z9hG4bKanother" + caller.call_id)
    caller.receive([b" 482"])
    assert application.newest_admission(reason="loop-detected")["step"] == 1
    caller.bye()


def test_nothing_in_common_is_488_with_a_warning(application):
    body = sipp.sdp(formats="18 4")
    steps = [*sipp.authenticated_invite(body=body), sipp.receive(488, checks=("Warning: 305",)),
             sipp.request("ACK", 2, branch="[branch-3]"), sipp.pause(100)]
    sipp.expect(steps, target(application), password=application.password)
    assert application.newest_admission(reason="no-common-codec")["step"] == 12


@pytest.mark.parametrize("what, credentials", [
    ("password", "[authentication username={user} password=wrong]"),
    ("user", "[authentication username=somebody password={password}]"),
])
def test_wrong_credentials_are_challenged_again(application, what, credentials):
    line = credentials.format(user=application.user, password=application.password)
    steps = [*sipp.authenticated_invite(credentials=line), sipp.receive(407, checks=("stale=false",)),
             sipp.request("ACK", 2, branch="[branch-3]"), sipp.pause(100)]
    sipp.expect(steps, target(application))
    newest = application.newest_admission(step=11, reason="wrong-password")
    assert ("another password" if what == "password" else "another user name") in newest["explanation"], newest


DIGEST = ('Proxy-Authorization: Digest username="{user}", realm="{realm}", nonce="{nonce}", uri="{uri}", '
          'response="{response}", algorithm=MD5{rest}')


@pytest.mark.parametrize("changed, reason, status", [
    ({"realm": "elsewhere.example"}, "challenge", 407),
    ({"nonce": "0" * 52}, "wrong-password", 407),
    ({"uri": "sip:other@127.0.0.1"}, "wrong-password", 407),
    ({"rest": ", qop=auth"}, "malformed-credentials", 400),
    ({"response": "xyz"}, "malformed-credentials", 400),
])
def test_forged_credentials(server, changed, reason, status):
    application = server.make_application(inlineBxml=INLINE)
    fields = {"user": application.user, "realm": "127.0.0.1", "nonce": "1" * 52, "rest": "",
              "uri": f"sip:{application.user}@127.0.0.1:{server.sip_port}", "response": "0" * 32, **changed}
    sipp.expect(refused(status, headers=(DIGEST.format(**fields),)), target(application))
    application.newest_admission(reason=reason)


def challenged(server, application, source="127.0.0.1"):
    """The nonce that this source is given for this application."""
    answer = raw.RawCaller(server, application, source).call()
    assert answer.startswith(b"SIP/2.0 407"), answer
    return re.search(rb'nonce="([^"]+)"', answer).group(1).decode()


def proof(application, nonce, uri, algorithm="MD5"):
    """The response that RFC 7616 asks of who knows the password, with qop=auth, over this nonce and this URI."""
    digest = lambda *parts: hashlib.new(algorithm.replace("-", ""), ":".join(parts).encode()).hexdigest()
    response = digest(digest(application.user, "127.0.0.1", application.password), nonce, "00000001", "abc", "auth",
                      digest("INVITE", uri))
    return DIGEST.format(user=application.user, realm="127.0.0.1", nonce=nonce, uri=uri, response=response,
                         rest=', qop=auth, nc=00000001, cnonce="abc"').replace("MD5", algorithm).encode()


@pytest.mark.parametrize("algorithm", ["MD5", "SHA-256"])
@pytest.mark.parametrize("what, status, reason", [
    ("nothing", b"200", "admitted"), ("uri", b"407", "wrong-password"), ("host", b"407", "wrong-password"),
    ("source", b"407", "wrong-password"), ("application", b"407", "wrong-password"),
    ("nonce", b"407", "wrong-password")])
def test_the_right_password_over_what_is_wrong(server, algorithm, what, status, reason):
    """Each response is the one of who knows the password: only what it was computed over is foreign. Over a foreign
    nonce it gets what a wrong one gets, or who guesses would learn by it, uncounted, that a guess was right."""
    application = server.make_application(inlineBxml=INLINE)
    other = server.make_application(inlineBxml=INLINE)
    nonce = challenged(server, other if what == "application" else application,
                       "127.0.0.9" if what == "source" else "127.0.0.1")
    if what == "nonce":
        nonce = ("1" if nonce[0] != "1" else "2") + nonce[1:]
    uri = {"uri": other.uri(), "host": application.uri().replace("127.0.0.1", "127.0.0.2")}.get(what, application.uri())
    caller = raw.RawCaller(server, application)
    answer = caller.call([proof(application, nonce, uri, algorithm)])
    assert answer.startswith(b"SIP/2.0 " + status), answer
    assert application.newest_admission(reason=reason)["step"] == {"admitted": 15, "wrong-password": 11}[reason]
    if status == b"200":
        caller.bye()
    else:
        assert b"stale=true" not in answer


def test_a_used_nonce_count_is_stale(server):
    """The same proof twice: the second INVITE is another call with the credentials of the first."""
    application = server.make_application(inlineBxml=INLINE)
    messages = sipp.expect([*sipp.answered(), *sipp.bye()], target(application), password=application.password)
    proof = [line for line in messages.splitlines() if line.startswith("Proxy-Authorization:")][0]
    sipp.expect(refused(407, headers=(proof.replace("[", "").strip(),), checks=("stale=true",)), target(application))
    application.newest_admission(reason="replayed-nonce")


def test_the_offer_that_comes_with_the_proof_counts_not_the_one_that_was_challenged(application):
    """A fresh offer in the second INVITE: another port, another codec, another version."""
    steps = sipp.answered()
    steps[4] = steps[4].replace(sipp.sdp(), sipp.sdp(formats="8 101", version=2))
    steps[6] = sipp.receive(200, record_route=True, checks=("m=audio [0-9]+ RTP/AVP 8 101",))
    sipp.expect([*steps, sipp.pause(200), *sipp.bye()], target(application), password=application.password)


def test_guessing_is_locked_out_and_a_stranger_cannot_lock_others_out(server):
    application = server.make_application(inlineBxml=INLINE)
    wrong = [*sipp.authenticated_invite(credentials=f"[authentication username={application.user} password=wrong]"),
             sipp.receive(407), sipp.request("ACK", 2, branch="[branch-3]"), sipp.pause(50)]
    for _ in range(5):
        sipp.expect(wrong, target(application), source="127.0.0.9")
    locked = [*sipp.authenticated_invite(), sipp.receive(403), sipp.request("ACK", 2, branch="[branch-3]"), sipp.pause(50)]
    sipp.expect(locked, target(application), password=application.password, source="127.0.0.9")
    sipp.expect([*sipp.answered(), *sipp.bye()], target(application), password=application.password)


def test_account_limits_refuse_with_503_and_leave_a_record(backend):
    server = Server("--concurrent-calls", "1", "--digest-algorithms", "MD5,SHA-256")
    application = server.make_application(inlineBxml=INLINE, callStatusCallbackUrl=backend.url + "/status")
    backend.script(status={"status": 204})
    first = subprocess.Popen([BINARY, "dial", application.uri(), "--password", application.password, "--duration", "6"],
                             stdout=subprocess.DEVNULL)
    wait_for("the first call", lambda: server.metric("portico_calls") == 1)
    steps = [*sipp.authenticated_invite(), sipp.receive(503, checks=("Retry-After: 1",)),
             sipp.request("ACK", 2, branch="[branch-3]"), sipp.pause(50)]
    sipp.expect(steps, target(application), password=application.password)
    event = backend.wait_event("disconnect")
    assert event["cause"] == "account-limit"
    status, call = server.api("GET", f"/api/v2/accounts/{ACCOUNT}/calls/{event['callId']}")
    assert status == 200 and (call["state"], call["disconnectCause"]) == ("disconnected", "account-limit")
    assert application.newest_admission(reason="concurrent-calls")["step"] == 13
    first.wait(30)
    server.stop()


def test_options_needs_no_proof_and_register_is_405(application):
    for method, status in (("OPTIONS", 200), ("REGISTER", 405), ("MESSAGE", 405), ("SUBSCRIBE", 405)):
        sipp.expect([sipp.request(method, 1, to_tag=False, retrans=500), sipp.receive(status, checks=("Allow:.*INVITE",))],
                    target(application))


def test_explain_runs_the_same_decision_without_a_call(server, application):
    path = f"/v1/accounts/{ACCOUNT}/voice-applications/{application.id}/explain"
    status, reply = server.api("POST", path, {"source": "198.51.100.7", "transport": "udp", "region": "US",
                                              "userPart": application.user})
    assert status == 200, reply
    assert reply["data"]["step"] == 8 and reply["data"]["reason"] == "challenge", reply
    status, reply = server.api("POST", path, {"source": "198.51.100.7", "userPart": "reception"})
    assert status == 200 and reply["data"]["step"] == 5, reply
    assert http("GET", server.http + path)[0] == 401


INVITES = 12


def strangers_invites(server, application, transport, source):
    """Status lines of what comes back to INVITES calls at once from one source, with their Call-IDs."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM if transport == "udp" else socket.SOCK_STREAM) as caller:
        caller.bind((source, 0))
        caller.connect(("127.0.0.1", server.sips_port if transport == "tls" else server.sip_port))
        if transport == "tls":
            caller = ssl._create_unverified_context().wrap_socket(caller)
        here = f"{source}:{caller.getsockname()[1]}"
        for i in range(INVITES):
            caller.send((f"INVITE {application.uri()} SIP/2.0\r\nVia: SIP/2.0/{transport.upper()} {here};branch=z9hG4bK{i}\r\n"
                         f"From: <sip:me@example.net>;tag=f\r\nTo: <{application.uri()}>\r\nCall-ID: {transport}-{i}\r\n"
                         f"CSeq: 1 INVITE\r\nMax-Forwards: 70\r\nContact: <sip:me@{here}>\r\nContent-Length: 0\r\n\r\n").encode())
        wait_for("all decisions", lambda: sum(server.metric('portico_admissions_total{reason="%s"}' % reason)
                                              for reason in ("source-rate", "challenge")) >= INVITES)
        caller.settimeout(0.5)  # for what should not come
        came = ""
        try:
            while more := caller.recv(65536):
                came += more.decode()
        except TimeoutError:
            return re.findall(r"^SIP/2.0 (\d+)[\s\S]*?^Call-ID: (\S+)", came, re.M)


def test_over_the_source_rate_a_datagram_is_dropped_in_silence_and_a_connection_hears_503(transport):
    server = Server("--invite-rate", "3")
    application = server.make_application(inlineBxml=INLINE)
    answers = strangers_invites(server, application, transport, "127.0.0.7")
    over = server.metric('portico_admissions_total{reason="source-rate"}')
    assert 0 < over < INVITES
    assert len({call for _, call in answers}) == len(answers), "one answer each"
    statuses = [status for status, _ in answers]
    assert statuses.count("407") == INVITES - over
    assert statuses.count("503") == (0 if transport == "udp" else over)
    assert len(statuses) == (INVITES - over if transport == "udp" else INVITES)
    rows = wait_for("a row of it", lambda: [row for row in application.admissions() if row["reason"] == "source-rate"])
    assert {row["step"] for row in rows} == {2}
    server.stop()


def test_a_foreign_phone_takes_our_first_challenge_which_is_sha_256(backend):
    """sipp and baresip know MD5 only; elsewhere they meet a server that is set to ask for it first."""
    server = Server()
    application = server.make_application(callInitiatedCallbackUrl=backend.url + "/initiate",
                                          callStatusCallbackUrl=backend.url + "/status")
    backend.script(initiate={"raw": INLINE})
    caller = belle_caller.BelleCaller(application, sipp.free_port(), raw.SDP.decode())
    caller.wait_for_answers(2)
    caller.bye()
    caller.wait_for_answers(3)
    assert caller.statuses == [407, 200, 200]
    assert re.search("Proxy-Authorization:.*algorithm=SHA-256", caller.sent[1]), caller.sent[1]
    assert backend.wait_event("disconnect")["cause"] == "hangup"
    server.stop()
