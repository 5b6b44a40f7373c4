"""Secrets of every kind that a server meets: none of them comes into its log, not even at trace."""
import base64
import hashlib
import os
import re

import sound
from portico import ACCOUNT, CLIENT, SECRET, Server, http, wait_for


def digest_secrets(trace, user, password):
    """HA1 and the responses that the caller sent, computed from what the trace shows of them."""
    found = set()
    for line in re.findall(r"^Proxy-Authorization: Digest (.*)$", trace, re.M):
        given = dict(re.findall(r'(\w+)="?([^",\s]+)"?', line))
        hash_of = {"SHA-256": hashlib.sha256, "MD5": hashlib.md5}[given["algorithm"]]
        h = lambda text: hash_of(text.encode()).hexdigest()
        ha1 = h(f"{user}:{given['realm']}:{password}")
        found |= {ha1, h(":".join([ha1, given["nonce"], given["nc"], given["cnonce"], given["qop"], h("INVITE:" + given["uri"])]))}
    return found


def basic(user, password):
    return base64.b64encode(f"{user}:{password}".encode()).decode()


def test_no_secret_is_logged_or_stored_in_the_clear_even_at_trace(backend, tmp_path):
    tone = str(tmp_path / "tone.wav")
    sound.write_tone(tone, 440, 0.5)
    server = Server(log_level="trace")
    users = {name: f"secret-{name}-{os.urandom(8).hex()}" for name in ("app", "fallback", "prompt", "verb", "redirect")}
    application = server.make_application(
        callInitiatedCallbackUrl="http://127.0.0.1:1/dead", callInitiatedFallbackUrl=backend.url + "/initiate",
        callInitiatedFallbackCreds={"userId": "u", "password": users["fallback"]},
        callStatusCallbackUrl=backend.url + "/status", callbackCreds={"userId": "u", "password": users["app"]})
    backend.script(
        initiate={"raw": f"<Response><PlayAudio username='u' password='{users['prompt']}'>/tone.wav</PlayAudio>"
                         f"<Redirect redirectUrl='/next' username='u' password='{users['verb']}'/></Response>"},
        next={"raw": "<Response><Pause duration='600'/></Response>"}, status={"status": 500},
        **{"tone.wav": {"file": tone, "headers": {"Content-Type": "audio/wav"}}})
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    token = server.api("POST", "/api/v1/oauth2/token", b"grant_type=client_credentials", form)[1]["access_token"]
    guess = "guess-" + os.urandom(8).hex()
    bearer = {"Authorization": "Bearer " + token}
    assert http("GET", f"{server.http}/v2/accounts/{ACCOUNT}/voice-applications", headers=bearer)[0] == 200
    assert http("GET", f"{server.http}/api/v2/accounts/{ACCOUNT}/calls", headers={"Authorization": "Bearer " + guess})[0] == 401
    assert server.api("GET", f"/api/v2/accounts/{ACCOUNT}/calls", client=(CLIENT, guess))[0] == 401

    secured = application.dial("--srtp", "--trace", "--duration", "1.5")
    assert secured["status"] == 200
    refused = application.dial("--srtp", "--trace", password=guess, check=False)
    assert refused["status"] == 407
    assert [r["headers"]["authorization"].split()[1] for r in backend.requests("/tone.wav") + backend.requests("/next")] == [
        basic("u", users["prompt"]), basic("u", users["verb"])], "they were in use"
    call_id = backend.wait_event("disconnect")["callId"]
    assert server.api("POST", f"/api/v2/accounts/{ACCOUNT}/calls/{call_id}", {
        "redirectUrl": backend.url + "/next", "username": "u", "password": users["redirect"]})[0] == 409
    old = application.password
    rotated = server.api("PATCH", f"/v2/accounts/{ACCOUNT}/voice-applications/{application.id}",
                         {"passwordAuthEnabled": True})[1]["data"]["sipAuthPassword"]
    wait_for("the admissions", lambda: len(application.admissions()) >= 4)
    server.stop()

    keys = re.findall(r"inline:([A-Za-z0-9+/=]+)", secured["stderr"])
    assert len(set(keys)) >= 3, "our offer's keys and the server's"
    digests = digest_secrets(secured["stderr"], application.user, old) | digest_secrets(refused["stderr"], application.user, guess)
    assert len(digests) == 4
    in_clear = {SECRET, token, guess, old, rotated, *users.values(), *keys, *digests}
    in_clear |= {basic(CLIENT, SECRET), *(basic("u", password) for password in users.values())}
    log = "\n".join(server.log)
    assert call_id in log and application.id in log, "there is a log to look at"
    assert not [secret for secret in in_clear if secret in log]
    assert not re.search(r"inline:|response=|Bearer |Basic |Authorization: ", log)

    # Ours are kept as hashes; those that the server itself must send (callbackCreds) it has to keep.
    kept = b"".join(open(os.path.join(server.data, name), "rb").read()
                    for name in os.listdir(server.data) if name.startswith("portico.db"))
    assert not [secret for secret in (SECRET, token, guess, old, rotated, *keys) if secret.encode() in kept]
    assert os.stat(server.data).st_mode & 0o777 == 0o700
