"""Prompts over HTTPS through the server's own trust: a certificate of the system's store is believed, no other is."""
import http.server
import ssl
import threading

import pytest
import sound
from portico import Server, in_mounts
from test_operations import certificate

STORE = "/etc/ssl/certs/ca-certificates.crt"


@pytest.fixture(scope="module")
def identity(tmp_path_factory):
    return certificate(tmp_path_factory.mktemp("identity"), "prompts.example.org")


class Prompts:
    """Serves `bytes` to everybody by HTTPS at 127.0.0.1."""

    def __init__(self, identity, content):
        self.requests = []

        class Answer(http.server.BaseHTTPRequestHandler):
            def do_GET(handler):
                self.requests.append(handler.path)
                handler.send_response(200)
                handler.send_header("Content-Type", "audio/wav")
                handler.send_header("Content-Length", str(len(content)))
                handler.end_headers()
                handler.wfile.write(content)

            def log_message(handler, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answer)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*identity)
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True, do_handshake_on_connect=False)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.port = self.server.server_address[1]

    def stop(self):
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture(scope="module")
def prompts(identity, tmp_path_factory):
    tone = tmp_path_factory.mktemp("tone") / "tone.wav"
    sound.write_tone(str(tone), 440, 2.0)
    running = Prompts(identity, tone.read_bytes())
    yield running
    running.stop()


def make_application(server, backend):
    return server.make_application(callInitiatedCallbackUrl=backend.url + "/initiate",
                                   callStatusCallbackUrl=backend.url + "/status")


def test_a_prompt_is_heard_over_https_and_fetched_only_when_the_certificate_names_its_host(backend, prompts, identity, tmp_path):
    server = Server(wrapper=in_mounts(f"mount --bind {identity[0]} {STORE}"))
    application = make_application(server, backend)
    record = str(tmp_path / "heard.wav")
    backend.script(initiate={"verbs": [["PlayAudio", f"https://127.0.0.1:{prompts.port}/tone.wav"]]})
    assert application.dial("--record", record)["status"] == 200
    rate, (heard,) = sound.read_wav(record)
    assert 1.7 < sound.tone_seconds(heard, rate, 440) < 2.3
    assert prompts.requests == ["/tone.wav"] and backend.wait_event("disconnect")["cause"] == "hangup"

    backend.script(initiate={"verbs": [["PlayAudio", f"https://localhost:{prompts.port}/tone.wav"]]})
    application.dial(check=False)
    assert backend.wait_event("disconnect")["cause"] == "application-error"
    assert prompts.requests == ["/tone.wav"], "the certificate does not name localhost"
    server.stop()


def test_a_server_that_the_system_does_not_trust_is_not_asked_for_prompts_or_documents(backend, server, prompts):
    before = len(prompts.requests)
    application = make_application(server, backend)
    backend.script(initiate={"verbs": [["PlayAudio", f"https://127.0.0.1:{prompts.port}/tone.wav"]]})
    application.dial(check=False)
    event = backend.wait_event("disconnect")
    assert event["cause"] == "application-error" and "certificate" in event["errorMessage"].lower(), event
    backend.script(initiate={"verbs": [["Redirect", {"redirectUrl": f"https://127.0.0.1:{prompts.port}/document"}]]})
    application.dial(check=False)
    event = backend.wait_event("disconnect")
    assert event["cause"] == "callback-error" and "certificate" in event["errorMessage"].lower(), event
    assert len(prompts.requests) == before
