"""What is typed at a terminal: portico dial's reports, zone, config, client, help and version."""
import contextlib
import json
import os
import re
import socket
import subprocess

import pytest
import sound
from portico import ACCOUNT, BINARY, http, wait_for

SUBCOMMANDS = ("serve", "dial", "bxml", "zone", "config", "client", "version")
REPORT = {"status": int, "reason": str, "challenged": bool, "codec": str, "ringMs": int, "answerMs": int, "firstAudioMs": int,
          "durationMs": int, "hangupBy": str, "rtp": dict, "digitsReceived": str}


def run(*arguments, input=None, **environment):
    env = {name: value for name, value in os.environ.items() if not name.startswith("PORTICO_")}
    return subprocess.run([BINARY, *arguments], capture_output=True, text=True, input=input, env={**env, **environment})


@pytest.fixture(scope="module")
def application(server, backend):
    return server.make_application(callInitiatedCallbackUrl=backend.url + "/initiate",
                                   callStatusCallbackUrl=backend.url + "/status")


def envelope(samples, rate):
    size = rate // 25
    return [sound.level(samples[i:i + size]) for i in range(0, len(samples) - size + 1, size)]


def likeness(a, b):
    """Correlation of two envelopes at the shift where it is best."""
    def at(shift):
        pairs = list(zip(a[max(0, shift):], b[max(0, -shift):]))
        means = [sum(side) / len(pairs) for side in zip(*pairs)]
        spread = [(x - means[0], y - means[1]) for x, y in pairs]
        power = sum(x * x for x, _ in spread) * sum(y * y for _, y in spread)
        return sum(x * y for x, y in spread) / power ** 0.5 if power else 0.0
    return max(at(shift) for shift in range(-5, 6))


def test_dial_speaks_and_reports_each_part_of_the_call(application, backend, tmp_path):
    tone, spoken = str(tmp_path / "tone.wav"), str(tmp_path / "spoken.wav")
    sound.write_tone(tone, 440, 5.0)
    words = "Portico calls. Please leave the door open for the evening guests."
    backend.script(initiate={"verbs": [["Ring", {"duration": 2, "answerCall": False}],
                                       ["StartRecording", {"multiChannel": True}], ["PlayAudio", "/tone.wav"],
                                       ["SendDtmf", "42"], ["Hangup"]]},
                   **{"tone.wav": {"file": tone, "headers": {"Content-Type": "audio/wav"}}})
    report = application.dial("--say", words, "--trace")
    assert {name: type(report[name]) for name in REPORT} == REPORT
    assert set(report) - {"exit", "stderr"} == set(REPORT)
    assert (report["status"], report["reason"], report["codec"], report["hangupBy"]) == (200, "OK", "PCMU", "remote")
    assert report["challenged"] and report["digitsReceived"] == "42"
    assert 0 <= report["ringMs"] < report["answerMs"] - 1000, "two seconds of ringing before the answer"
    assert 0 <= report["firstAudioMs"] < report["durationMs"] and report["durationMs"] >= 4000
    rtp = report["rtp"]
    assert set(rtp) == {"sent", "received", "lost", "jitterMs"}
    assert rtp["sent"] > 150 and rtp["received"] > 150 and 0 <= rtp["lost"] < 50 and rtp["jitterMs"] >= 0, rtp

    heads = re.findall(r"^(\S+) (->|<-) UDP 127\.0\.0\.1:(\d+)\n(.*)$", report["stderr"], re.M)
    times = [time for time, *_ in heads]
    assert times == sorted(times) and all(re.fullmatch(r"2\d{3}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", time) for time in times)
    assert {int(port) for _, _, port, _ in heads} == {application.server.sip_port}
    lines = [(way, line.split(" sip:")[0]) for _, way, _, line in heads]
    wanted = [("->", "INVITE"), ("<-", "SIP/2.0 407 Proxy Authentication Required"), ("->", "ACK"), ("->", "INVITE"),
              ("<-", "SIP/2.0 180 Ringing"), ("<-", "SIP/2.0 200 OK"), ("->", "ACK"), ("<-", "BYE"), ("->", "SIP/2.0 200 OK")]
    rest = iter(lines)
    assert all(one in rest for one in wanted), lines

    rate, (party, _) = application.next_recording()
    subprocess.run(["espeak-ng", "-v", "en-us", "-w", spoken, words], check=True)
    own_rate, (own,) = sound.read_wav(spoken)
    heard, own = sound.loud_part(party, rate), sound.loud_part(own, own_rate)
    assert abs(sound.seconds_of(heard, rate) / sound.seconds_of(own, own_rate) - 1) < 0.15
    assert likeness(envelope(heard, rate), envelope(own, own_rate)) > 0.7, "what was heard is not what was to be said"


def test_dial_finds_a_port_beside_a_server_that_took_many(server):
    application = server.make_application(inlineBxml='<Response><Pause duration="0.2"/></Response>')
    with contextlib.ExitStack() as taken:
        for port in range(40_000, 40_140, 2):
            one = taken.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
            with contextlib.suppress(OSError):
                one.bind(("127.0.0.1", port))
        assert application.dial()["status"] == 200


def test_dial_reports_as_text_unless_asked_for_json(application, backend):
    backend.script(initiate={"verbs": [["SendDtmf", "7"], ["Pause", {"duration": 1}], ["Hangup"]]})
    done = run("dial", application.uri(), "--password", application.password)
    assert done.returncode == 0, done.stderr
    assert re.fullmatch(
        r"200 OK \(after a challenge\)\nanswered after \d+ ms, PCMU, (nothing was heard|first sound after \d+ ms)\n"
        r"lasted \d+ ms, ended by the remote side\nRTP: \d+ sent, \d+ received, \d+ lost, jitter \d+ ms\n"
        r"digits received: 7\n", done.stdout), done.stdout
    refused = run("dial", application.uri(), "--password", "wrong")
    assert (refused.returncode, refused.stdout) == (1, "407 Proxy Authentication Required (after a challenge)\n")


def test_a_zone_parser_takes_the_records_of_zone(tmp_path):
    done = run("zone", "--domain", "sip.example.org", "--public-ip", "203.0.113.5",
               "--node", "n_1.example.net", "--sip-port", "5070", "--regions", "US,EU", "--region", "EU")
    assert done.returncode == 0, done.stderr
    records = {tuple(line.split()) for line in done.stdout.splitlines() if " IN " in line}
    assert "\n$TTL 60\n" in done.stdout
    assert records >= {("@", "IN", "NAPTR", "10", "50", '"s"', '"SIPS+D2T"', '""', "_sips._tcp"),
                       ("@", "IN", "NAPTR", "30", "50", '"s"', '"SIP+D2T"', '""', "_sip._tcp"),
                       ("_sip._tcp", "IN", "SRV", "10", "50", "5070", "n-1"),
                       ("_sip._udp", "IN", "SRV", "10", "50", "5070", "n-1"), ("_sips._tcp", "IN", "SRV", "10", "50", "5061", "n-1"),
                       ("@", "IN", "A", "203.0.113.5"), ("n-1", "IN", "A", "203.0.113.5")}
    assert records >= {("EU", "IN", "NAPTR", "20", "50", '"s"', '"SIP+D2U"', '""', "_sip._udp.EU"), ("EU", "IN", "A", "203.0.113.5"),
                       ("_sip._udp.EU", "IN", "SRV", "10", "50", "5070", "n-1"), ("_sips._tcp.EU", "IN", "SRV", "10", "50", "5061", "n-1")}
    zone = tmp_path / "sip.example.org.zone"
    # What the zone of the domain has of its own; a fault in it shows that the parser looks.
    own = "$ORIGIN sip.example.org.\n@ 60 IN SOA ns1 hostmaster 1 7200 900 86400 60\n@ 60 IN NS ns1\nns1 60 IN A 192.0.2.53\n"
    zone.write_text(own + done.stdout)
    checked = subprocess.run(["kzonecheck", "-v", str(zone)], capture_output=True, text=True)
    assert checked.returncode == 0, checked.stdout + checked.stderr
    zone.write_text(own + done.stdout.replace(" SRV ", " SRV x "))
    assert subprocess.run(["kzonecheck", str(zone)], capture_output=True).returncode != 0


@pytest.mark.parametrize("arguments", (["serv"], ["client", "lst"]))
def test_a_mistyped_subcommand_is_named(arguments):
    done = run(*arguments)
    assert done.returncode == 2 and done.stderr.startswith(arguments[-1] + " is not a subcommand\n"), done.stderr


def test_zone_wants_a_name():
    done = run("zone", "--domain", "203.0.113.5")
    assert done.returncode == 2 and "--domain" in done.stderr


def test_a_flag_beats_the_environment_which_beats_the_file(tmp_path):
    file = tmp_path / "portico.yaml"
    file.write_text("sip-port: 5071\nsips-port: 5081\nhttp: 127.0.0.1:9001\n")
    done = run("config", "--config", str(file), "--sip-port", "5073", PORTICO_SIP_PORT="5072", PORTICO_SIPS_PORT="5082")
    assert done.returncode == 0, done.stderr
    for line in ("sip-port: '5073'  # flag", "sips-port: '5082'  # environment", "http: '127.0.0.1:9001'  # file",
                 "# log-level: info  # default"):
        assert "\n" + line + "," in done.stdout, done.stdout
    assert "sip-port: '5071'  # file" in run("config", PORTICO_CONFIG=str(file)).stdout


def test_config_takes_lists_and_refuses_unknown_keys(tmp_path):
    file = tmp_path / "portico.yaml"
    file.write_text("regions: [US, EU]\n")
    assert "regions: 'US,EU'  # file" in run("config", "--config", str(file)).stdout
    file.write_text("sip-prot: 5070\n")
    done = run("config", "--config", str(file))
    assert done.returncode == 2 and "sip-prot" in done.stderr


def test_config_check_says_only_whether_it_is_valid(tmp_path):
    file = tmp_path / "portico.yaml"
    file.write_text("sip-port: 5071\n")
    done = run("config", "--check", "--config", str(file))
    assert (done.returncode, done.stdout) == (0, "the configuration is valid\n")
    file.write_text("log-level: loud\n")
    done = run("config", "--check", "--config", str(file))
    assert done.returncode == 2 and done.stdout == "" and "log-level" in done.stderr and "loud" in done.stderr


def test_a_key_that_cannot_be_used_is_refused_by_check_and_by_serve(tmp_path):
    certificate, key, other = (tmp_path / name for name in ("certificate.pem", "key.pem", "other.pem"))
    for made in (other, key):  # the certificate is that of the last one
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "1",
                        "-subj", "/CN=sip.example.org", "-keyout", made, "-out", certificate], check=True, capture_output=True)
    given = ("--tls-cert", str(certificate), "--tls-key")
    assert run("config", "--check", *given, str(key)).returncode == 0
    for unusable in (other, tmp_path / "none.pem", certificate):
        for command in (("config", "--check"), ("serve", "--data", str(tmp_path / "data"))):
            done = run(*command, *given, str(unusable))
            assert done.returncode == 2 and done.stdout == "" and str(unusable) in done.stderr, done


@pytest.mark.parametrize("setting, value", [
    ("store", "postgresql://localhost/portico"), ("store", "sqlite:"), ("objects", "s3://bucket"),
    ("public-url", "voice.example.org"), ("domain", ""), ("realm", ""), ("roles", "signaling,signaling,api"),
    ("public-ip", "2001:db8::5"), ("public-ip", "0.0.0.0"), ("bind", "::1"), ("rtp-ports", "10001-10002")])
def test_what_cannot_be_served_is_refused_by_check_and_by_serve(setting, value, tmp_path):
    for command in (("config", "--check"), ("serve", "--data", str(tmp_path / "data"))):
        done = run(*command, "--" + setting, value)
        assert done.returncode == 2 and done.stdout == "" and "--" + setting in done.stderr, done
    assert not (tmp_path / "data").exists()


def test_what_config_prints_is_a_file_that_means_the_same(tmp_path):
    file = tmp_path / "portico.yaml"
    printed = run("config", "--http", "[::1]:8080", "--node", "a # b", "--tls-cert", "", "--tls-key", "").stdout
    file.write_text(printed)
    assert run("config", "--config", str(file)).stdout == printed.replace("  # flag,", "  # file,")


def test_dial_says_that_it_cannot_keep_what_is_heard(application, tmp_path):
    done = run("dial", application.uri(), "--password", application.password, "--record", str(tmp_path / "none" / "heard.wav"))
    assert done.returncode == 1 and done.stdout == "" and "heard.wav" in done.stderr


def token_of(server, client):
    status, answer = server.api("POST", "/api/v1/oauth2/token", b"grant_type=client_credentials",
                                {"Content-Type": "application/x-www-form-urlencoded"}, client)
    return answer["access_token"] if status == 200 else None


def test_a_running_server_takes_a_new_client_and_refuses_it_and_its_tokens_once_revoked(server):
    applications = f"/v2/accounts/{ACCOUNT}/voice-applications"
    done = run("client", "--data", server.data, "create", "ci")
    assert done.returncode == 0, done.stderr
    made = dict(line.split(": ") for line in done.stdout.splitlines())
    client = made["clientId"], made["clientSecret"]
    assert server.api("GET", applications, client=client)[0] == 200
    assert server.api("GET", applications, client=(client[0], client[1] + "x"))[0] == 401
    bearer = {"Authorization": "Bearer " + token_of(server, client)}
    assert http("GET", server.http + applications, headers=bearer)[0] == 200
    listed = run("client", "--data", server.data, "list").stdout
    assert client[0] in listed and "ci" in listed and client[1] not in listed
    assert run("client", "--data", server.data, "revoke", client[0]).returncode == 0
    wait_for("the client to be refused", lambda: server.api("GET", applications, client=client)[0] == 401)
    wait_for("its token to be refused", lambda: http("GET", server.http + applications, headers=bearer)[0] == 401)
    assert token_of(server, client) is None
    again = run("client", "--data", server.data, "revoke", client[0])
    assert again.returncode == 1 and again.stderr


def options_of(subcommand):
    """Name and explanation of each option that --help lists."""
    done = run(subcommand, "--help")
    assert done.returncode == 0 and done.stdout
    listed = re.split(r"\n  (?=-)", done.stdout.split("Options:")[1].split("Subcommands:")[0])[1:]
    return {re.match(r"(?:-h,)?--([a-z-]+)", entry)[1]: " ".join(entry.split()) for entry in listed}


@pytest.mark.parametrize("subcommand", SUBCOMMANDS)
def test_help_names_each_option_with_its_default(subcommand):
    options = options_of(subcommand)
    for name, text in options.items():
        assert name == "help" or name.startswith("no-") or re.search(r"\[.+\]$", text), text
    if subcommand in ("serve", "zone", "config", "client"):
        settings = set(re.findall(r"^(?:# )?([a-z-]+): .*  # ", run("config").stdout, re.M)) | {"config"}
        assert len(settings) > 30 and settings <= set(options)
    if subcommand == "dial":
        assert set(options) == {"help", "username", "password", "transport", "from", "header", "codec", "srtp", "say", "play",
                                "sound-after", "digits", "digits-after", "record", "duration", "trace", "json"}


@pytest.mark.parametrize("flag, shown", [("--demo", "true"), ("--demo=true", "true"), ("--demo=false", "false"), ("--no-demo", "false")])
def test_a_switch_takes_its_value_and_beats_the_environment(flag, shown):
    done = run("config", flag, PORTICO_DEMO="yes" if shown == "false" else "no")
    assert f"\ndemo: '{shown}'  # flag," in done.stdout


@pytest.mark.parametrize("flag", ["--demo=maybe", "--no-demo=false"])
def test_a_switch_with_another_value_is_refused(flag):
    assert run("config", "--check", flag).returncode == 2


def test_client_makes_no_store(tmp_path):
    done = run("client", "--data", str(tmp_path / "typo"), "list")
    assert done.returncode == 1 and "no store at" in done.stderr and "--config" in done.stderr
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("arguments", [("--header", "X-A: 1", "sip:x@127.0.0.1:9", "--digits", "1-2"),
                                       ("sip:x@127.0.0.1:9", "--digits", "1" * 51)])
def test_dial_calls_nobody_with_digits_that_cannot_be_sent(arguments):
    done = run("dial", *arguments, "--json")
    assert done.returncode == 2 and "--digits: " in done.stderr and not done.stdout


def test_help_names_each_subcommand():
    done = run("--help")
    assert done.returncode == 0
    assert set(re.findall(r"^  ([a-z]+) +\S", done.stdout.split("Subcommands:")[1], re.M)) == set(SUBCOMMANDS)


def test_version_is_one_line():
    done = run("version")
    assert done.returncode == 0 and re.fullmatch(r"portico \d+\.\d+\.\d+\n", done.stdout)
    assert run("--version").stdout == done.stdout


def test_bxml_reads_standard_input():
    assert run("bxml", "-", input="<Response><Hangup/></Response>").stdout == "-: valid\n"
    assert run("bxml", "-", input="<Response><Hangup></Response>").returncode == 1
