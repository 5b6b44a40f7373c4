"""The first milestone: a stranger's first call."""
import json
import os
import pathlib
import re
import shlex
import subprocess
import sys

import sipp
import sound
from portico import ACCOUNT, Server, wait_for


def demo_of(server):
    """URI and password as the server printed them for people."""
    def printed(word):
        return next((line.split()[-1] for line in server.log if line.strip().startswith(word)), None)

    password = wait_for("the demo's password", lambda: printed("password"))
    user, host = printed("SIP URI").removeprefix("sip:").split("@")
    return f"sip:{user}@{host}:{server.sip_port}", password


def test_the_demo_greets_and_says_the_digit_back(server, tmp_path):
    uri, password = demo_of(server)
    record = str(tmp_path / "demo.wav")
    report = server.dial(uri, "--digits", "5", "--digits-after", "7000", "--record", record, password=password)
    assert report["status"] == 200 and report["challenged"] and report["hangupBy"] == "remote"
    rate, (heard,) = sound.read_wav(record)
    assert sound.level(sound.loud_part(heard, rate)) > 0.02, "the greeting was not heard"
    # Greeting and question come before the digit, the answer to it afterwards.
    assert sound.level(heard[:rate * 6]) > 0.01
    assert report["durationMs"] > 8000
    (call,) = wait_for("the call's record", lambda: server.api("GET", f"/api/v2/accounts/{ACCOUNT}/calls")[1])
    log = f"/v1/accounts/{ACCOUNT}/webhooks?callId={call['callId']}"
    (gather,) = wait_for("the log of its webhooks", lambda: server.api("GET", log)[1]["data"])
    assert gather["event"] == "gather" and json.loads(gather["requestBody"])["digits"] == "5"
    assert ">5</say-as>" in gather["responseBody"], "the digit is said back"


def test_the_example_takes_a_message_that_can_be_heard(server, tmp_path):
    port = sipp.free_port()
    example = pathlib.Path(__file__).parents[2] / "examples/python/server.py"
    said = tmp_path / "said"
    with said.open("w") as out:
        backend = subprocess.Popen([sys.executable, example], env={**os.environ, "PORT": str(port)}, stdout=out)
    try:
        wait_for("the example to listen", lambda: said.read_text().startswith("listening"))
        application = server.make_application(callInitiatedCallbackUrl=f"http://127.0.0.1:{port}/initiate",
                                              callStatusCallbackUrl=f"http://127.0.0.1:{port}/status")
        application.dial("--digits", "2", "--digits-after", "8000", "--say", "Please call me back.", "--sound-after", "14000",
                         "--duration", "25")
        url = wait_for("the recording", lambda: re.search(r"^recording \S+ is complete: (\S+)$", said.read_text(), re.M))[1]
    finally:
        backend.kill()
        backend.wait()
    status, message = server.api("GET", url.removeprefix(server.http))
    assert status == 200
    rate, (heard,) = sound.read_mp3(message)
    assert sound.level(sound.loud_part(heard, rate)) > 0.02, "the message is silent"
    assert sound.seconds_of(sound.loud_part(heard, rate), rate) > 0.7


def test_the_line_that_the_demo_prints_places_a_call_whatever_the_door_demands(tmp_path):
    server = Server("--demo", "--require-tls", "--srtp", "required")
    line = wait_for("the line", lambda: next((line for line in server.log if " dial 'sip:" in line), None))
    words = [str(tmp_path / word) if word == "demo.wav" else word for word in shlex.split(line)]
    done = subprocess.run([*words, "--json", "--duration", "2"], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0 and json.loads(done.stdout)["status"] == 200, done
    assert (tmp_path / "demo.wav").stat().st_size > 8000
    server.stop()


def test_a_wrong_password_is_refused(server):
    uri, _ = demo_of(server)
    report = server.dial(uri, password="wrong", check=False)
    assert report["exit"] == 1 and report["status"] == 407


def test_without_a_password_the_caller_is_challenged(server):
    uri, _ = demo_of(server)
    report = server.dial(uri, check=False)
    assert report["exit"] == 1 and report["status"] == 407 and report["challenged"]


def test_sigterm_ends_an_idle_server_with_status_0():
    server = Server()
    assert server.stop() == 0
    assert os.path.exists(os.path.join(server.data, "portico.db"))
