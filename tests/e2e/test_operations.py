"""The server as its operator meets it: signals, restarts, health, the small subcommands."""
import contextlib
import json
import os
import pathlib
import signal
import sqlite3
import subprocess
import tempfile
import threading
import time

import pytest
import raw
import sound
from hostile_backend import HostileBackend
from portico import ACCOUNT, BINARY, CLIENT, SECRET, SEED, Server, http, wait_for


def start_dial(application, *flags, transport=None):
    return subprocess.Popen([BINARY, "dial", application.uri(transport=transport), "--json", "--password", application.password,
                             *flags], stdout=subprocess.PIPE, text=True)


def is_refused(url):
    try:
        http("GET", url + "/healthz")
    except OSError:
        return True
    return False


def make_waiting_application(server, backend, seconds=30, **fields):
    backend.script(initiate={"verbs": [["Pause", {"duration": seconds}]]})
    return server.make_application(callInitiatedCallbackUrl=backend.url + "/initiate",
                                   callStatusCallbackUrl=backend.url + "/status", **fields)


def calls_in_progress(server):
    return server.metric("portico_calls") == 1


def test_sigterm_lets_a_call_finish_and_takes_no_new_one(backend):
    server = Server("--drain-timeout", "30")
    application = make_waiting_application(server, backend, 4)
    open_to_all = make_waiting_application(server, backend, 4, passwordAuthEnabled=False, allowedSourceIps=["127.0.0.0/8"])
    dial = start_dial(application)
    wait_for("the call", lambda: calls_in_progress(server))
    server.process.send_signal(signal.SIGTERM)
    wait_for("readiness to turn false", lambda: http("GET", server.http + "/readyz")[0] == 503)
    refusal = raw.RawCaller(server, open_to_all).call()
    assert refusal.startswith(b"SIP/2.0 503") and b"\r\nRetry-After: 5\r\n" in refusal
    event = backend.wait_event("disconnect")
    assert (event["cause"], event["applicationId"]) == ("node-capacity-exceeded", open_to_all.id)
    status, call = server.api("GET", f"/api/v2/accounts/{ACCOUNT}/calls/{event['callId']}")
    assert status == 200 and (call["state"], call["disconnectCause"]) == ("disconnected", "node-capacity-exceeded")
    newest = wait_for("the decision", open_to_all.admissions)[0]
    assert (newest["step"], newest["answer"]) == (14, 503)
    report = json.loads(dial.communicate(timeout=20)[0])
    assert report["status"] == 200 and report["hangupBy"] == "remote" and report["durationMs"] >= 3900
    assert server.process.wait(10) == 0
    server.stop()


def test_after_the_drain_timeout_calls_are_hung_up(backend):
    server = Server("--drain-timeout", "1")
    application = make_waiting_application(server, backend, 300)
    dial = start_dial(application)
    wait_for("the call", lambda: calls_in_progress(server))
    server.process.send_signal(signal.SIGTERM)
    report = json.loads(dial.communicate(timeout=20)[0])
    assert report["hangupBy"] == "remote"
    assert server.process.wait(15) == 0
    assert backend.wait_event("disconnect")["cause"] == "hangup"


def test_a_killed_server_tells_the_end_of_its_calls_once_when_it_is_back(backend):
    server = Server()
    application = make_waiting_application(server, backend)
    dial = start_dial(application, "--duration", "3")
    wait_for("the call", lambda: calls_in_progress(server))
    wait_for("the answered call's record", lambda: [
        c for c in server.api("GET", f"/api/v2/accounts/{ACCOUNT}/calls")[1] if c["state"] == "answered"])
    server.process.kill()
    server.process.wait()
    again = Server(data=server.data)
    event = backend.wait_event("disconnect")
    assert event["cause"] == "error" and event["errorMessage"]
    again.stop()
    third = Server(data=server.data)
    third.stop()
    assert len(backend.events("disconnect")) == 1
    dial.communicate(timeout=30)


def test_a_second_sigterm_stops_at_once_and_the_next_start_tells_how_its_calls_ended(backend):
    server = Server("--drain-timeout", "600")
    application = make_waiting_application(server, backend, 300)
    dial = start_dial(application)
    wait_for("the call", lambda: calls_in_progress(server))
    server.process.send_signal(signal.SIGTERM)
    wait_for("readiness to turn false", lambda: http("GET", server.http + "/readyz")[0] == 503)
    assert server.process.poll() is None and calls_in_progress(server), "the first one lets the call go on"
    server.process.send_signal(signal.SIGTERM)
    assert server.process.wait(60) == 0
    dial.kill()
    dial.communicate()
    again = Server(data=server.data)
    assert backend.wait_event("disconnect")["cause"] in ("error", "hangup")
    again.stop()
    server.stop()
    assert len(backend.events("disconnect")) == 1


def test_a_second_sigterm_is_heard_when_only_events_are_left(backend):
    silent = HostileBackend("silent")
    server = Server()
    backend.script(initiate={"verbs": []})
    application = server.make_application(callInitiatedCallbackUrl=backend.url + "/initiate",
                                          callStatusCallbackUrl=silent.url + "/status", callbackTimeout=25)
    application.dial(check=False)
    wait_for("the last event", lambda: silent.requests == 1)
    server.process.send_signal(signal.SIGTERM)
    wait_for("the end of the API", lambda: is_refused(server.http))
    server.process.send_signal(signal.SIGTERM)
    assert server.process.wait(60) == -signal.SIGTERM, "not after the patience for the event"
    again = Server(data=server.data)
    wait_for("the event once more", lambda: silent.requests == 2)
    silent.stop()
    again.stop()


@pytest.mark.parametrize("shared", ["data", "store", "objects"])
def test_a_second_server_on_the_same_data_ends_with_1_and_says_why(shared, tmp_path):
    server = Server()
    (recording := pathlib.Path(server.data, "objects/.staging/r-1.wav")).touch()
    where = {"data": ["--data", server.data], "store": ["--data", tmp_path, "--store", f"sqlite:{server.data}/portico.db"],
             "objects": ["--data", tmp_path, "--objects", f"file:{server.data}/objects"]}[shared]
    done = subprocess.run([BINARY, "serve", *where, "--bind", "127.0.0.1", "--sip-port", "0", "--sips-port", "0",
                           "--http", "127.0.0.1:0"], capture_output=True, text=True, timeout=30)
    assert done.returncode == 1 and done.stdout == ""
    assert "another `portico serve` has locked" in done.stderr and server.data in done.stderr
    assert recording.exists(), "it may be one of the first server's that is going on"
    assert run("client", "--data", server.data, "list").returncode == 0, "the client command works beside it"
    assert server.stop() == 0
    again = Server(data=server.data)
    again.stop()


def test_a_reload_during_the_start_waits_for_its_end(tmp_path):
    Server(data=(before := tempfile.mkdtemp(prefix="portico-e2e-"))).stop()
    writer = sqlite3.connect(f"{before}/portico.db", isolation_level=None, check_same_thread=False)
    writer.execute("BEGIN IMMEDIATE")  # the start waits for it

    def reload_and_let_go():
        wait_for("the start", (tmp_path / "serve.lock").exists)
        pids = open(f"/proc/{os.getpid()}/task/{os.getpid()}/children").read().split()
        for pid in pids:
            if str(tmp_path) in open(f"/proc/{pid}/cmdline").read():
                os.kill(int(pid), signal.SIGHUP)
        writer.execute("ROLLBACK")

    reloading = threading.Thread(target=reload_and_let_go)
    reloading.start()
    server = Server("--store", f"sqlite:{before}/portico.db", data=str(tmp_path))
    reloading.join()
    wait_for("the reload", lambda: server.logged("reloaded"))
    server.stop()


@pytest.mark.parametrize("threads", ["1", "2"])
def test_a_first_start_that_fails_makes_no_account(threads, tmp_path):
    unseeded = dict.fromkeys(SEED)
    other = Server("--signaling-threads", threads)
    for taken in ({"--sip-port": other.sip_port, "--sips-port": 0}, {"--sip-port": 0, "--sips-port": other.sips_port}):
        ports = [str(word) for setting in taken.items() for word in setting]
        done = subprocess.run([BINARY, "serve", "--data", str(tmp_path), "--bind", "127.0.0.1", *ports, "--http", "127.0.0.1:0",
                               "--signaling-threads", threads], capture_output=True, text=True, timeout=30)
        assert done.returncode == 1 and done.stdout == "" and "in use" in done.stderr, "its port is taken"
    other.stop()
    again = Server(data=str(tmp_path), environment=unseeded)
    assert may_list(again, again.ready, again.ready["clientSecret"])
    again.stop()


@pytest.mark.parametrize("name, value", [("PORTICO_ACCOUNT_ID", "a/b"), ("PORTICO_CLIENT_ID", "a:b"),
                                         ("PORTICO_CLIENT_SECRET", "short")])
def test_a_seed_that_does_not_fit_ends_with_2_and_names_itself(name, value, tmp_path):
    env = {**{key: v for key, v in os.environ.items() if not key.startswith("PORTICO_")}, name: value}
    done = subprocess.run([BINARY, "serve", "--data", str(tmp_path), "--bind", "127.0.0.1", "--sip-port", "0", "--sips-port", "0",
                           "--http", "127.0.0.1:0"], capture_output=True, text=True, env=env, timeout=30)
    assert done.returncode == 2 and name in done.stderr and done.stdout == ""


def test_without_basic_the_api_wants_tokens():
    server = Server("--no-basic-auth")
    path = f"/v2/accounts/{ACCOUNT}/voice-applications"
    assert server.api("GET", path)[0] == 401
    status, answer = server.api("POST", "/api/v1/oauth2/token", b"grant_type=client_credentials",
                                {"Content-Type": "application/x-www-form-urlencoded"})
    assert status == 200
    assert http("GET", server.http + path, headers={"Authorization": "Bearer " + answer["access_token"]})[0] == 200
    server.stop()


def may_list(server, ready, secret):
    path = f"/v2/accounts/{ready['accountId']}/voice-applications"
    return server.api("GET", path, client=(ready["clientId"], secret))[0] == 200


def test_the_first_start_says_one_line_on_stdout_with_credentials_that_work_and_no_later_one_has_them():
    unseeded = dict.fromkeys(SEED)
    server = Server("--demo", environment=unseeded)
    ready = server.ready
    assert set(ready) == {"node", "region", "roles", "http", "sip", "sips", "accountId", "clientId", "clientSecret"}
    assert (ready["node"], ready["region"], ready["roles"]) == ("node1", "US", ["signaling", "media", "api"])
    assert may_list(server, ready, ready["clientSecret"])
    assert not may_list(server, ready, ready["clientSecret"] + "x")
    assert server.stop() == 0
    assert server.process.stdout.read() == "", "the ready line is the only one"
    again = Server(data=server.data, environment=unseeded)
    assert set(again.ready) == set(ready) - {"clientId", "clientSecret"}
    assert again.ready["accountId"] == ready["accountId"]
    assert may_list(again, ready, ready["clientSecret"])
    assert again.stop() == 0
    assert again.process.stdout.read() == ""
    assert ready["clientSecret"] not in "\n".join(server.log + again.log)
    other = Server(environment=unseeded)
    assert other.ready["accountId"] != ready["accountId"] and other.ready["clientSecret"] != ready["clientSecret"]
    other.stop()


def test_seeds_name_the_first_account_and_client():
    server = Server()
    assert (server.ready["accountId"], server.ready["clientId"], server.ready["clientSecret"]) == (ACCOUNT, CLIENT, SECRET)
    server.stop()


def test_applications_and_passwords_survive_a_restart(backend):
    server = Server()
    application = make_waiting_application(server, backend, 0.5)
    server.stop()
    again = Server(data=server.data)
    application.server = again
    assert application.dial()["status"] == 200
    assert "clientSecret" not in again.ready
    again.stop()


def test_the_log_tells_one_call_from_its_invite_to_its_media(server, backend, tmp_path):
    tone = str(tmp_path / "tone.wav")
    sound.write_tone(tone, 700, 3)
    application = make_waiting_application(server, backend, 60)
    for flags, by in (("--duration", "1", "--play", tone), "peer"), (("--duration", "30"), "api"):
        known = len(server.log)
        dial = start_dial(application, *flags)
        call_id = backend.wait_event("initiate", count=1 if by == "peer" else 2)["callId"]
        if by == "api":
            wait_for("the answer", lambda: server.api("GET", f"/api/v2/accounts/{ACCOUNT}/calls/{call_id}")[1]["state"] == "answered")
            time.sleep(0.5)
            assert server.api("POST", f"/api/v2/accounts/{ACCOUNT}/calls/{call_id}", {"state": "completed"})[0] == 200
        dial.communicate(timeout=40)

        def lines(message):
            found = [json.loads(line) for line in list(server.log)[known:] if line.startswith("{")]
            return [line for line in found if line["message"] == message]
        media, = wait_for("its media", lambda: [line for line in lines("call media") if line["callId"] == call_id])
        begin, = [line for line in lines("call begins") if line["callId"] == call_id]
        admitted, = [line for line in lines("admission") if line["reason"] == "admitted"]
        assert admitted["sipCallId"] == begin["sipCallId"] and admitted["to"] == f"{application.user}@127.0.0.1", admitted
        assert [line["by"] for line in lines("call ends") if line["callId"] == call_id] == [by]
        assert media["codec"] == "PCMU" and int(media["events"]) > 0 and int(media["sent"]) > 15, media
        assert by == "api" or int(media["received"]) > 40, media
        assert (media["lost"], media["strangers"]) == ("0", "0") and media["remote"].startswith("127.0.0.1:"), media


def certificate(folder, name):
    """Paths of a certificate and its key."""
    paths = str(folder / "cert.pem"), str(folder / "key.pem")
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                    "-subj", f"/CN={name}", "-addext", "subjectAltName=IP:127.0.0.1", "-out", paths[0], "-keyout", paths[1]],
                   check=True, capture_output=True)
    return paths


def presented(server, port=None):
    """The name in the certificate that a new connection gets."""
    done = subprocess.run(["openssl", "s_client", "-connect", f"127.0.0.1:{port or server.sips_port}"], input="",
                          capture_output=True, text=True)
    return done.stdout.split("subject=CN = ")[1].split("\n")[0]


def test_the_api_is_served_over_https_on_the_same_port_with_the_certificate_of_sips(tmp_path):
    cert, key = certificate(tmp_path, "first")
    server = Server("--tls-cert", cert, "--tls-key", key)
    url = server.http.replace("http://", "https://")

    def applications(*trust):
        done = subprocess.run(["curl", "-s", "-w", "%{http_code}", *trust, "-u", ":".join((CLIENT, SECRET)),
                               f"{url}/v2/accounts/{ACCOUNT}/voice-applications"], capture_output=True, text=True)
        return done.stdout[-3:]

    assert applications("--cacert", cert) == "200" and server.api("GET", f"/v2/accounts/{ACCOUNT}/voice-applications")[0] == 200
    assert applications() == "000", "nobody vouches for that certificate"
    certificate(tmp_path, "second")
    reload(server)
    assert presented(server, int(url.rsplit(":", 1)[1])) == "second"
    server.stop()


def test_sighup_takes_a_new_certificate_for_new_connections_and_calls_over_old_ones_go_on(tmp_path, backend):
    cert, key = certificate(tmp_path, "first")
    server = Server("--tls-cert", cert, "--tls-key", key)
    assert presented(server) == "first"
    application = make_waiting_application(server, backend)
    dial = start_dial(application, transport="tls")
    wait_for("the call", lambda: calls_in_progress(server))
    certificate(tmp_path, "second")
    server.process.send_signal(signal.SIGHUP)
    wait_for("the new certificate", lambda: presented(server) == "second")
    call_id = backend.events("initiate")[0]["callId"]
    assert server.api("POST", f"/api/v2/accounts/{ACCOUNT}/calls/{call_id}", {"state": "completed"})[0] == 200
    report = json.loads(dial.communicate(timeout=30)[0])
    assert report["status"] == 200 and report["hangupBy"] == "remote", "its BYE came over the old connection"
    assert backend.wait_event("disconnect")["cause"] == "hangup"
    server.stop()


def reload(server):
    """SIGHUP; the line that says what came of it."""
    before = len(server.logged("reload"))
    server.process.send_signal(signal.SIGHUP)
    wait_for("a word on the reload", lambda: len(server.logged("reload")) > before)
    return server.logged("reload")[-1]


def test_sighup_takes_what_the_file_says_newly_and_nothing_of_a_file_that_is_wrong(tmp_path, backend):
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    file = tmp_path / "portico.yaml"

    def write(level, identity, *more):
        file.write_text("\n".join([f"log-level: {level}", f"tls-cert: {identity[0]}", f"tls-key: {identity[1]}", *more]) + "\n")

    first, second = certificate(tmp_path / "a", "first"), certificate(tmp_path / "b", "second")
    write("info", first)
    server = Server("--config", str(file), log_level=None)
    application = make_waiting_application(server, backend, 300)
    dial = start_dial(application)
    wait_for("the call", lambda: calls_in_progress(server))

    def debug_lines_of_a_call():
        before, ended = len([line for line in server.log if '"debug"' in line]), len(server.logged("call ends"))
        application.dial("--duration", "0.2")
        wait_for("its last line, at info", lambda: len(server.logged("call ends")) > ended)
        return len([line for line in server.log if '"debug"' in line]) - before

    assert debug_lines_of_a_call() == 0
    write("debug", second, "auth-failures: 7")
    line = reload(server)
    assert "reloaded" in line["message"], line
    assert debug_lines_of_a_call() > 0
    assert presented(server) == "second", "the file names another certificate now"
    assert [line["setting"] for line in server.logged("waits for a restart")] == ["auth-failures"]

    for wrong, why in ((["sip-prot: 1"], "sip-prot"), (["media-threads: x"], "media-threads")):
        write("info", first, *wrong)
        line = reload(server)
        assert "refused" in line["message"] and why in line["why"]
    write("info", (str(tmp_path / "none.pem"), first[1]))
    line = reload(server)
    assert "refused" in line["message"] and "none.pem" in line["why"]
    assert presented(server) == "second" and debug_lines_of_a_call() > 0, "everything is as it was"
    wait_for("only the first call to be left", lambda: calls_in_progress(server))
    assert dial.poll() is None
    dial.terminate()
    assert json.loads(dial.communicate(timeout=30)[0])["hangupBy"] == "local"
    server.stop()


@contextlib.contextmanager
def served(log, *arguments, wrapper=()):
    """A server with these settings alone; its log lines go to the file `log`."""
    with open(log, "w", encoding="utf-8") as stderr:
        process = subprocess.Popen([*wrapper, BINARY, "serve", "--sip-port", "0", "--sips-port", "0", "--http", "127.0.0.1:0", *arguments],
                                   stdout=subprocess.PIPE, stderr=stderr, text=True)
    try:
        process.ready = json.loads(process.stdout.readline().removeprefix("ready "))
        yield process
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
    finally:
        process.kill()


def test_the_backup_of_the_page_is_one_that_a_server_starts_from(tmp_path):
    page = (pathlib.Path(__file__).parents[2] / "docs/operations.md").read_text()
    line = next(line for line in page.splitlines() if line.startswith("sqlite3 DIR/portico.db"))
    server = Server()
    application = server.make_application()
    (tmp_path / "BACKUP").mkdir()
    # Another writer: what reads in several transactions begins again with each of its changes.
    writer = sqlite3.connect(f"{server.data}/portico.db", isolation_level=None, check_same_thread=False, timeout=10)
    writer.execute("CREATE TABLE filler (i INTEGER PRIMARY KEY, bytes BLOB)")
    writer.execute("WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10000)"
                   " INSERT INTO filler SELECT i, randomblob(4000) FROM n")
    over = threading.Event()

    def write():
        while not over.is_set():
            writer.execute("UPDATE filler SET bytes = randomblob(4000) WHERE i = 1 + abs(random() % 10000)")

    writing = threading.Thread(target=write)
    writing.start()
    try:
        subprocess.run(line.replace("DIR", server.data), shell=True, check=True, cwd=tmp_path, timeout=30)
    finally:
        over.set()
        writing.join()
    server.stop()
    (tmp_path / "BACKUP").chmod(0o700)
    restored = Server(data=str(tmp_path / "BACKUP"))
    assert restored.api("GET", f"/v2/accounts/{ACCOUNT}/voice-applications/{application.id}")[0] == 200
    restored.stop()


def test_a_host_without_an_address_is_told_of_and_so_is_an_address_that_comes_later(tmp_path):
    log = tmp_path / "log"
    alone = ("unshare", "--net", "sh", "-ec", 'ip link set lo up\nexec "$@"', "sh")
    with served(log, "--data", str(tmp_path / "data"), wrapper=alone) as process:
        assert process.ready["sip"].startswith("127.0.0.1:") and "no address that others reach" in log.read_text()
        subprocess.run(["nsenter", "--target", str(process.pid), "--net", "ip", "address", "add", "203.0.113.9/32", "dev", "lo"],
                       check=True)
        process.send_signal(signal.SIGHUP)
        wait_for("a word on the address", lambda: "address has changed" in log.read_text())
    assert "203.0.113.9" in log.read_text()


def test_sighup_leaves_the_generated_certificate_where_it_is(tmp_path):
    file, log = tmp_path / "portico.yaml", tmp_path / "log"
    file.write_text(f"bind: 127.0.0.1\ndata: {tmp_path}/data\n")
    with served(log, "--config", str(file)) as process:
        for data in (tmp_path / "none" / "data", tmp_path):
            file.write_text(f"bind: 127.0.0.1\ndata: {data}\n")
            before = log.read_text().count("reload")
            process.send_signal(signal.SIGHUP)
            wait_for("a word on the reload", lambda: log.read_text().count("reload") > before)
        assert "refused" not in log.read_text() and not (tmp_path / "tls-key.pem").exists()


def test_a_change_is_in_force_within_a_second(server, backend):
    application = make_waiting_application(server, backend, 0.2)
    assert application.dial()["status"] == 200
    status, reply = server.api("PATCH", f"/v2/accounts/{ACCOUNT}/voice-applications/{application.id}",
                               {"passwordAuthEnabled": True})
    assert status == 200
    assert application.dial(check=False)["status"] == 407, "the old password is refused at once"
    application.password = reply["data"]["sipAuthPassword"]
    assert application.dial()["status"] == 200
    server.api("PATCH", f"/v2/accounts/{ACCOUNT}/voice-applications/{application.id}", {"inboundSipCallsEnabled": False})
    assert application.dial(check=False)["status"] == 404


def test_several_signalling_threads_carry_calls(backend):
    server = Server("--signaling-threads", "3", "--media-threads", "2")
    application = make_waiting_application(server, backend, 0.3)
    for transport in ("udp", "udp", "udp", "tcp", "tls"):
        assert application.dial(transport=None if transport == "udp" else transport)["status"] == 200
    server.stop()


def run(*arguments):
    return subprocess.run([BINARY, *arguments], capture_output=True, text=True)


def test_bxml_says_line_column_and_reason(tmp_path):
    good, bad = tmp_path / "good.xml", tmp_path / "bad.xml"
    good.write_text("<Response><Hangup/></Response>")
    bad.write_text("<Response>\n  <Gather maxDigits=\"99\"/>\n</Response>")
    assert run("bxml", str(good)).returncode == 0
    done = run("bxml", str(bad))
    assert done.returncode == 1 and ":2:11:" in done.stdout and "maxDigits" in done.stdout


@pytest.mark.parametrize("arguments", [[], ["serve", "--no-such-flag"], ["dial", "nonsense"], ["serve", "--sip-port", "x"]])
def test_wrong_usage_ends_with_2_and_a_word_on_stderr(arguments):
    done = run(*arguments)
    assert done.returncode == 2 and done.stderr
