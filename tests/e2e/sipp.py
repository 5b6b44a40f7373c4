"""sipp as the caller: scenarios are written here as steps, sipp runs them and says whether each step came true."""
import contextlib
import os
import socket
import subprocess
import tempfile

from portico import wait_for

SDP = """v=0
o=- 1 {version} IN IP4 {ip}
s=-
c=IN IP4 {ip}
t=0 0
m=audio {port} RTP/AVP {formats}
a=rtpmap:101 telephone-event/8000
a=ptime:20
"""


def sdp(ip="[media_ip]", port="[media_port]", formats="0 8 101", version=1):
    return SDP.format(ip=ip, port=port, formats=formats, version=version)


def request(method, cseq, body="", headers=(), branch="[branch]", uri="[service_uri]", to_tag=True, retrans=None,
            routes=False, from_tag="t[call_number]"):
    lines = [f"{method} {uri} SIP/2.0", f"Via: SIP/2.0/[transport] [local_ip]:[local_port];branch={branch};rport",
             f"From: <sip:caller@example.net>;tag={from_tag}",
             "To: <[service_uri]>" + ("[peer_tag_param]" if to_tag else ""), "Call-ID: [call_id]",
             f"CSeq: {cseq} {method}", "Max-Forwards: 70", "Contact: <sip:caller@[local_ip]:[local_port];transport=[transport]>",
             *headers]
    if routes:
        lines.append("[routes]")
    if body:
        lines.append("Content-Type: application/sdp")
    lines.append("Content-Length: [len]")
    text = "\n".join(lines) + "\n\n" + body
    attribute = f' retrans="{retrans}"' if retrans else ""
    return f"<send{attribute}><![CDATA[\n{text}\n]]></send>"


def receive(status, optional=False, auth=False, checks=(), record_route=False, timeout=8000):
    flags = (' optional="true"' if optional else "") + (' auth="true"' if auth else "") + \
        (' rrs="true"' if record_route else "") + ("" if optional else f' timeout="{timeout}"')
    actions = "".join(
        f'<ereg regexp="{regexp}" search_in="msg" check_it="true" assign_to="found{i}"/>' for i, regexp in enumerate(checks))
    if not actions:
        return f'<recv response="{status}"{flags}/>'
    used = ",".join(f"found{i}" for i in range(len(checks)))
    return f'<recv response="{status}"{flags}><action>{actions}</action></recv><Reference variables="{used}"/>'


def receive_request(method, timeout=15000):
    return f'<recv request="{method}" timeout="{timeout}"/>'


def answer(status="200 OK", body=""):
    lines = [f"SIP/2.0 {status}", "[last_Via:]", "[last_From:]", "[last_To:]", "[last_Call-ID:]", "[last_CSeq:]",
             "Contact: <sip:caller@[local_ip]:[local_port];transport=[transport]>"]
    if body:
        lines.append("Content-Type: application/sdp")
    lines.append("Content-Length: [len]")
    return "<send><![CDATA[\n" + "\n".join(lines) + "\n\n" + body + "\n]]></send>"


def pause(milliseconds):
    return f'<pause milliseconds="{milliseconds}"/>'


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def listens(port):
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False


@contextlib.contextmanager
def tls_tunnel(host, port):
    """A local TCP port whose bytes go on to host:port by TLS: Debian builds sipp without TLS."""
    local = free_port()
    process = subprocess.Popen(["socat", f"TCP-LISTEN:{local},bind=127.0.0.1,reuseaddr,fork",
                                f"OPENSSL:{host}:{port},verify=0"])
    try:
        wait_for("the tunnel", lambda: listens(local))
        yield local
    finally:
        process.terminate()
        process.wait(10)


def run(steps, target, username="", password="", transport="udp", service=None, timeout=60, source="127.0.0.1"):
    """Runs one call; (exit status 0, or fails with sipp's own trace). `target` is (user, host, port)."""
    user, host, port = target
    uri = service or f"sip:{user}@{host}:{port}"
    text = "\n".join(steps).replace("[service_uri]", uri)
    if transport == "tls":
        text = text.replace("SIP/2.0/[transport]", "SIP/2.0/TLS").replace("transport=[transport]", "transport=tls")
    body = f'<?xml version="1.0" encoding="ISO-8859-1"?>\n<!DOCTYPE scenario SYSTEM "sipp.dtd">\n<scenario name="t">\n{text}\n</scenario>\n'
    folder = tempfile.mkdtemp(prefix="portico-sipp-")
    scenario = os.path.join(folder, "scenario.xml")
    with open(scenario, "w") as file:
        file.write(body)
    with tls_tunnel(host, port) if transport == "tls" else contextlib.nullcontext(port) as next_port:
        command = ["sipp", f"{host}:{next_port}", "-sf", scenario, "-m", "1", "-i", source,
                   "-t", "u1" if transport == "udp" else "t1", "-au", username or user,
                   "-auth_uri", uri.split(":", 1)[1],
                   "-ap", password or "none", "-nostdin", "-timeout", str(timeout), "-trace_msg", "-message_file",
                   os.path.join(folder, "messages.log"), "-trace_err", "-error_file", os.path.join(folder, "errors.log"),
                   "-recv_timeout", "20000", "-default_behaviors", "none"]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=timeout + 30)
    messages = read(os.path.join(folder, "messages.log"))
    return done.returncode, messages, read(os.path.join(folder, "errors.log"))


def read(path):
    try:
        with open(path, errors="replace") as file:
            return file.read()
    except FileNotFoundError:
        return ""


def expect(steps, target, **kwargs):
    """As run(), failing the test when sipp says that a step did not come true. Returns the messages."""
    status, messages, errors = run(steps, target, **kwargs)
    assert status == 0, f"sipp ended with {status}\n{errors[-1500:]}\n{messages[-6000:]}"
    return messages


# --- flows that many tests begin with ---

def authenticated_invite(body=None, headers=(), credentials="[authentication]"):
    body = sdp() if body is None else body
    return [
        request("INVITE", 1, body, headers, to_tag=False, retrans=500),
        receive(100, optional=True),
        receive(407, auth=True, checks=('Proxy-Authenticate: Digest .*algorithm=SHA-256',
                                        'Proxy-Authenticate: Digest .*algorithm=MD5')),
        request("ACK", 1, branch="[branch-3]"),
        request("INVITE", 2, body, (*headers, credentials), to_tag=False, retrans=500),
        receive(100, optional=True),
    ]


def answered(**kwargs):
    return [*authenticated_invite(**kwargs), receive(200, record_route=True), request("ACK", 2, routes=True, uri="[next_url]")]


def bye(cseq=3):
    return [request("BYE", cseq, routes=True, uri="[next_url]", retrans=500), receive(200)]


def answer_bye(timeout=15000):
    return [receive_request("BYE", timeout), answer()]
