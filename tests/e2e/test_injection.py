"""What a caller or a customer writes stays what it is in every place where it is written again: webhooks, records, the
admission log, log lines, metrics, HTTP requests and SIP headers."""
import base64
import html
import json
import re
import urllib.parse

import pytest
from portico import ACCOUNT, Server, http, wait_for
from raw import RawBackend, RawCaller

OPEN = {"passwordAuthEnabled": False, "allowedSourceIps": ["127.0.0.0/8"]}
TEXT_LINE = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z (trace|debug|info|warn|error) [^\x00-\x1f\x7f]*$")

# sent in an X- header: what the application is told
CALLERS_VALUES = [
    (b"plain", "plain"),
    (b'a","callId":"c-forged', 'a","callId":"c-forged'),
    (b"x&callId=c-forged&a=%0d%0a", "x&callId=c-forged&a=%0d%0a"),
    (b"</Response><Hangup/>", "</Response><Hangup/>"),
    (b"\x1b[2J\x1b]0;owned\x07", "\x1b[2J\x1b]0;owned\x07"),
    (b"J\xf6rg", "J\ufffdrg"),
    (b"J\xc3\xb6rg \xe2\x80\xae", "J\u00f6rg \u202e"),
    (b"folded\r\n X-Forged: 1", "folded   X-Forged: 1"),
    (b"${jndi:ldap://x} %s%n ../../etc/passwd", "${jndi:ldap://x} %s%n ../../etc/passwd"),
]
FROMS = [
    (b'"\\"Mal\\" <sip:forged@x>" <sip:+15551230001@a.example>', "+15551230001"),
    (b"\"\x1b[31mred\" <sip:mal%0d%0alory@a.example>", "sip:mal%0d%0alory@a.example"),
    (b"\"J\xf6rg\" <sip:joerg@a.example;transport=udp>", "sip:joerg@a.example"),
]


def started(log_format):
    running = Server("--log-format", log_format, "--log-level", "trace")
    running.format = log_format
    yield running
    assert running.stop() == 0


@pytest.fixture(scope="module")
def server():
    yield from started("json")


@pytest.fixture(params=["json", "text"])
def logging(request):
    yield from started(request.param)


def check_log(server):
    lines = [line for line in server.log if line]
    assert len(lines) > 10
    for line in lines:
        if server.format == "json":
            assert set(json.loads(line)) >= {"time", "level", "message"}, line
        else:
            assert TEXT_LINE.match(line), repr(line)


@pytest.mark.parametrize("method", ["POST", "GET"])
def test_a_callers_values_reach_the_application_as_they_are(server, method):
    backend = RawBackend(lambda path: b"<Response><Hangup/></Response>")
    application = server.make_application(callInitiatedCallbackUrl=backend.url + "/initiate?own=1",
                                          callInitiatedMethod=method, **OPEN)
    for n, (sent, told) in enumerate(CALLERS_VALUES):
        from_field, identity = FROMS[n % len(FROMS)]
        backend.requests.clear()
        lines = [b"X-Note: " + sent]
        quotable = b"\x1b" not in sent  # RFC 3261 has no such quoted string
        if quotable:
            quoted = b'"' + sent.replace(b"\\", b"\\\\").replace(b'"', b'\\"') + b'"'
            lines += [b"User-to-User: " + quoted + b";encoding=hex",
                      b"Diversion: <sip:mal%0d%0alory@a.example>;reason=" + quoted + b";%0d%0acallId=c-forged"]
        RawCaller(server, application).call(lines, from_field=from_field + b";tag=f")
        wait_for("initiate", lambda: backend.requests)
        head, body = backend.requests[0]
        assert b"\nX-Forged" not in head and head.count(b"\r\n") < 12, head
        if method == "POST":
            event = json.loads(body)
            note, diversion = event["sipHeaders"]["x-note"], event.get("diversion", {})
        else:
            assert not body
            query = urllib.parse.parse_qs(head.split(b" ")[1].decode().split("?", 1)[1], strict_parsing=True)
            assert all(len(values) == 1 for values in query.values()), query
            event = {name: values[0] for name, values in query.items()}
            note = event["sipHeaders.x-note"]
            diversion = {name.split(".", 1)[1]: value for name, value in event.items() if name.startswith("diversion.")}
            assert event["own"] == "1"
        assert note == told
        if quotable:
            quoted = told.replace("\\", "\\\\").replace('"', '\\"')
            assert event["uui"] == f'"{quoted}";encoding=hex'
            assert diversion == {"origTo": "sip:mal%0d%0alory@a.example", "reason": quoted, "%0d%0acallid": "c-forged"}
        assert event["from"] == identity and event["callId"].startswith("c-") and event["callId"] != "c-forged"
    backend.stop()
    check_log(server)


def test_a_callers_values_are_data_in_records_and_logs(logging):
    server = logging
    application = server.make_application(inlineBxml='<Response><Hangup/></Response>', **OPEN)
    for from_field, identity in FROMS:
        caller = RawCaller(server, application)
        caller.call_id = b"\"<>'{}%0d%0a$(id)\\`/../../x" + caller.call_id
        caller.call(from_field=from_field + b";tag=f")
        found = wait_for("the call's record", lambda: [
            c for c in server.api("GET", f"/api/v2/accounts/{ACCOUNT}/calls?pageSize=1000")[1]
            if c["applicationId"] == application.id and c["from"] == identity])
        assert len(found) == 1
        newest = wait_for("the admission row", application.admissions)[0]
        assert newest["from"].encode() == (from_field + b";tag=f").decode("utf-8", "replace").encode()
        assert newest["sipCallId"] == caller.call_id.decode()
    check_log(server)
    status, _, raw = http("GET", server.http + "/metrics")
    assert status == 200
    for line in raw.decode().splitlines():
        assert re.match(r'^(# (HELP|TYPE) .*|[a-z_:]+(\{[a-z_]+="[^"\n]*"(,[a-z_]+="[^"\n]*")*\})? [0-9.e+-]+(inf)?)$', line), line


EVIL = 'x\r\nX-Injected: 1\r\n\r\nGET /injected HTTP/1.1\r\n\r\n"\x1b[31m<script>'
PRINTABLE = 'x%0d%0aX-Injected: 1%0d%0a\\r\\nX-Injected: 1&#13;&#10;"<script>'
EVIL_XML = "x&#13;&#10;X-Injected: 1&#13;&#10;&#13;&#10;GET /injected HTTP/1.1&#13;&#10;&quot;&lt;script>"


def refusal(server, **fields):
    body = {"applicationName": "Evil", "inboundSipCallsEnabled": True, **OPEN, **fields}
    status, reply = server.api("POST", f"/v2/accounts/{ACCOUNT}/voice-applications", body)
    assert status == 400, (fields, reply)
    return json.dumps(reply)


def injected(head):
    return [line for line in re.split(rb"[\r\n]", head) if line.lower().startswith((b"x-injected", b"get /injected"))]


def test_a_customers_settings_inject_nothing_into_http(server):
    backend = RawBackend(lambda path: b"<Response><Hangup/></Response>")
    for url in (backend.url + "/a\r\nX-Injected: 1", backend.url + "/a b", backend.url + "/\x00", "http://a\r\n.example/",
                "javascript:alert(1)", "file:///etc/passwd", "http://u:p@h/"):
        refusal(server, callInitiatedCallbackUrl=url)
    for fields in ({"applicationName": EVIL}, {"callbackCreds": {"userId": EVIL.replace(":", ""), "password": "p"}},
                   {"callbackCreds": {"userId": "u", "password": EVIL}}):
        assert "control characters" in refusal(server, callInitiatedCallbackUrl=backend.url + "/", **fields), fields

    user = PRINTABLE.replace(":", "")
    application = server.make_application(
        applicationName=PRINTABLE, callInitiatedCallbackUrl=backend.url + "/%0d%0aX-Injected:%201",
        callbackCreds={"userId": user, "password": PRINTABLE}, callStatusCallbackUrl=backend.url + "/status", **OPEN)
    RawCaller(server, application).call()
    wait_for("both webhooks", lambda: len(backend.requests) >= 2)
    for head, _ in backend.requests:
        assert not injected(head), head
        basic = [line for line in head.split(b"\r\n") if line.lower().startswith(b"authorization: basic ")]
        assert base64.b64decode(basic[0].split()[-1]).decode() == f"{user}:{PRINTABLE}", basic
    status, reply = server.api("GET", f"/v2/accounts/{ACCOUNT}/voice-applications/{application.id}")
    assert status == 200 and reply["data"]["applicationName"] == PRINTABLE
    backend.stop()
    check_log(server)


def test_a_document_injects_nothing_into_http_and_sip(server):
    documents = {
        "/initiate": f'<Response><Redirect redirectUrl="/second?a=%0d%0aX-Injected:%201" tag="{EVIL_XML}" '
                     f'username="{EVIL_XML}" password="{EVIL_XML}"/></Response>',
        "/second": f'<Response><SpeakSentence>{EVIL_XML} --stdout=/tmp/x -f /etc/passwd</SpeakSentence>'
                   f'<Tag>{EVIL_XML}</Tag><Redirect redirectUrl="/third&#13;&#10;X-Injected: 1"/></Response>',
    }
    backend = RawBackend(lambda path: documents.get(path, "").encode())
    application = server.make_application(callInitiatedCallbackUrl=backend.url + "/initiate",
                                          callStatusCallbackUrl=backend.url + "/status", **OPEN)
    caller = RawCaller(server, application)
    caller.call()
    wait_for("disconnect", lambda: [b for h, b in backend.requests if h.startswith(b"POST /status")])
    assert len(backend.requests) == 3, [h for h, _ in backend.requests]
    for head, body in backend.requests:
        assert not injected(head), head
        event = json.loads(body)
        if event["eventType"] == "redirect":
            assert event["tag"].startswith("x") and "X-Injected: 1" in event["tag"]
        if event["eventType"] == "disconnect":
            assert event["cause"] == "invalid-bxml", event
    for message in caller.received:
        assert b"X-Injected" not in message, message
    backend.stop()
    check_log(server)


def test_a_verb_that_asks_a_backend_injects_nothing(server):
    evil = html.unescape(EVIL_XML)
    tag, creds = f'tag="{EVIL_XML}"', f'username="{EVIL_XML}" password="{EVIL_XML}"'
    query = "?a=%0d%0aX-Injected:%201"
    documents = {
        "/initiate": f'<Response><StartRecording recordingAvailableUrl="/available{query}" {tag}/>'
                     f'<StartGather dtmfUrl="/dtmf{query}" {tag} {creds}/>'
                     f'<Gather gatherUrl="/gather{query}" gatherFallbackUrl="/fallback{query}" fallbackUsername="{EVIL_XML}" '
                     f'fallbackPassword="{EVIL_XML}" maxDigits="1" firstDigitTimeout="5" {tag} {creds}/></Response>',
        "/gather": None,  # no answer
        "/fallback": f'<Response><Record maxDuration="1" recordCompleteUrl="/complete{query}" {tag} '
                     f'recordingAvailableUrl="/available{query}"/></Response>',
        "/complete": '<Response><Pause duration="60"/></Response>',
        "/again": f'<Response><PlayAudio {creds}>/prompt{query}</PlayAudio></Response>',
    }

    def document(path):
        text = documents.get(path, "")
        return text if text is None else text.encode()
    backend = RawBackend(document)
    application = server.make_application(callInitiatedCallbackUrl=backend.url + "/initiate",
                                          callStatusCallbackUrl=backend.url + "/status", **OPEN)
    caller = RawCaller(server, application)
    caller.call()

    def press(cseq):
        caller.send(b"INFO", cseq, [b"Content-Type: application/dtmf-relay"], to_tag=caller.to_tag,
                    branch=b"z9hG4bKinfo%d" % cseq, body=b"Signal=5\r\nDuration=160\r\n")

    def asked(path):
        return [(head, body) for head, body in backend.requests if head.split(b" ")[1].startswith(path)]
    press(2)  # the Gather's
    wait_for("the recording's end", lambda: asked(b"/complete"))
    press(3)  # the StartGather's
    wait_for("dtmf", lambda: asked(b"/dtmf"))
    call = json.loads(asked(b"/complete")[0][1])["callId"]
    update = f"/api/v2/accounts/{ACCOUNT}/calls/{call}"
    redirect = {"state": "active", "redirectUrl": backend.url + "/again" + query, "tag": evil, "username": evil, "password": evil}
    status, reply = server.api("POST", update, {**redirect, "redirectUrl": backend.url + "/again\r\nX-Injected: 1"})
    assert status == 400, reply
    status, reply = server.api("POST", update, redirect)
    assert status == 200, reply
    wait_for("disconnect", lambda: asked(b"/status"))
    wait_for("both recordings", lambda: len(asked(b"/available")) == 2)
    paths = ("initiate", "dtmf", "gather", "fallback", "complete", "again", "prompt", "available", "status")
    assert [path for path in paths if not asked(b"/" + path.encode())] == []
    for head, body in backend.requests:
        assert not injected(head), head
        path = head.split(b" ")[1].decode()
        if path.startswith(("/initiate", "/status")):
            continue
        assert path.endswith(query), path
        assert not body or json.loads(body)["tag"] == evil
        if not path.startswith(("/available", "/complete")):
            basic = [line for line in head.split(b"\r\n") if line.lower().startswith(b"authorization: basic ")]
            assert base64.b64decode(basic[0].split()[-1]).decode() == f"{evil}:{evil}", basic
    for message in caller.received:
        assert b"X-Injected" not in message, message
    backend.stop()
    check_log(server)


def test_no_way_to_write_a_path_leads_around_the_gate(server):
    account = f"accounts/{ACCOUNT}"
    for path in (f"/api/v2/{account}/calls", f"/v2/{account}/voice-applications"):
        places = [i for i, letter in enumerate(path) if letter != "/"]
        written = [path[:i] + "%%%02x" % ord(path[i]) + path[i + 1:] for i in places]
        for way in [path, "/" + path, "/." + path, "/x/.." + path, "/" + path[1:].replace("/", "%2f"), path.upper(), *written]:
            status, _, raw = http("GET", server.http + way)
            assert status in (401, 404), (way, status, raw)
        assert http("GET", server.http + path)[0] == 401


def test_the_api_reflects_nothing_that_is_not_json(server):
    for path in ("/v2/accounts/%s/voice-applications/%%22%%3E%%3Cscript%%3E%%0d%%0aX-Injected:%%201" % ACCOUNT,
                 "/api/v2/accounts/%s/calls/..%%2f..%%2fetc%%2fpasswd" % ACCOUNT,
                 "/api/v2/accounts/%s/calls/x/recordings/..%%2f..%%2f..%%2fportico.db/media" % ACCOUNT,
                 "/api/v2/accounts/..%2f..%2f/calls", "/docs/%3Cscript%3E"):
        token = base64.b64encode(b"CLI-test:client-secret-of-the-tests").decode()
        status, headers, raw = http("GET", server.http + path, headers={"Authorization": f"Basic {token}"})
        assert 400 <= status < 500, (path, status)
        assert "X-Injected" not in headers and headers["Content-Type"].startswith("application/json"), headers
        json.loads(raw)
    status, reply = server.api("POST", f"/v2/accounts/{ACCOUNT}/voice-applications", b"{}",
                               {"Content-Type": "text/\xf6<script>\x85".encode("latin-1").decode("latin-1")})
    assert status in (400, 415)
    check_log(server)


def test_answers_that_swell_or_never_end_are_bounded(server):
    import gzip
    import socket
    import threading
    bomb = gzip.compress(b"<Response>" + b" " * 50_000_000 + b"</Response>")
    assert len(bomb) < 65_536
    for name in ("Content-Encoding", "Transfer-Encoding"):
        headers = name.encode() + b": gzip\r\n"
        backend = RawBackend(lambda path: bomb, headers)
        application = server.make_application(callInitiatedCallbackUrl=backend.url + "/initiate", **OPEN)
        answer = RawCaller(server, application).call()
        assert answer.startswith(b"SIP/2.0 500") and b"callback-error" in answer, (name, answer)
        assert b"accept-encoding" not in backend.requests[0][0].lower()
        backend.stop()

    def endless(listener):
        connection, _ = listener.accept()
        with connection:
            connection.recv(65536)
            try:
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/xml\r\n\r\n<Response>")
                for _ in range(100_000):
                    connection.sendall(b" " * 4096)
            except OSError:
                return
    listener = socket.create_server(("127.0.0.1", 0))
    threading.Thread(target=endless, args=(listener,), daemon=True).start()
    application = server.make_application(
        callInitiatedCallbackUrl=f"http://127.0.0.1:{listener.getsockname()[1]}/initiate", **OPEN)
    answer = RawCaller(server, application).call()
    assert answer.startswith(b"SIP/2.0 500") and b"invalid-bxml" in answer, answer
    listener.close()
    check_log(server)
