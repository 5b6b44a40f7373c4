#!/usr/bin/env python3
"""A backend for one voice application: a menu and a voice mailbox. Python's standard library, nothing else.

Start: python3 server.py. Then point an application's callInitiatedCallbackUrl at http://HOST:3000/initiate and its
callStatusCallbackUrl at http://HOST:3000/status. See ../README.md.
"""
import json
import os
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from xml.etree.ElementTree import Element, tostring


def verb(name, text=None, children=(), **attributes):
    element = Element(name, attributes)
    element.text = text
    element.extend(children)
    return element


def say(text):
    return verb("SpeakSentence", text)


def menu(event=None):
    prompt = say("Press 1 for the time, 2 to leave a message, 9 to hang up.")
    return [verb("Gather", children=[prompt], gatherUrl="/choice", maxDigits="1", firstDigitTimeout="5",
                 repeatCount="3")]


def initiate(event):
    return [say("Hello caller." if event["from"].startswith("+") else "Hello there.")] + menu()


def choice(event):
    if event["digits"] == "1":
        return [say(f"It is {time.strftime('%H:%M')}."), verb("Redirect", redirectUrl="/menu")]
    if event["digits"] == "2":
        return [say("Speak after the pause, and end with the hash key."), verb("Pause", duration="1"),
                verb("Record", recordCompleteUrl="/recorded", recordingAvailableUrl="/available", maxDuration="60",
                     silenceTimeout="5", terminatingDigits="#", fileFormat="mp3")]
    if event["digits"] == "9":
        return [say("Goodbye."), verb("Hangup")]
    return [say("That is not on the menu.")] + menu()


def recorded(event):
    return [say(f"Thank you. That was {event['duration'][2:-1]} seconds.")] + menu()


def available(event):
    print(f"recording {event['recordingId']} is {event['status']}: {event['mediaUrl']}", flush=True)


def status(event):
    print(f"call {event['callId']} ended: {event['cause']} {event.get('errorMessage', '')}", flush=True)


# Events that want instructions: each answer is a list of verbs. Relative URLs are resolved by the server against the
# URL that it asked.
QUESTIONS = {"/initiate": initiate, "/menu": menu, "/choice": choice, "/recorded": recorded}
# Events that only tell: the answer has no body.
NOTICES = {"/available": available, "/status": status}


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"  # the server keeps connections alive

    def do_POST(self):
        try:
            event = json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0))))
            print(event["eventType"], event["callId"], event.get("digits", ""), flush=True)
        except (ValueError, KeyError):
            return self.answer(400)
        if self.path in QUESTIONS:
            response = Element("Response")
            response.extend(QUESTIONS[self.path](event))
            return self.answer(200, tostring(response, encoding="utf-8", xml_declaration=True))
        if self.path in NOTICES:
            NOTICES[self.path](event)
            return self.answer(204)
        return self.answer(404)

    def answer(self, code, body=b""):
        self.send_response(code)
        if code != 204:
            self.send_header("Content-Type", "application/xml; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass  # what counts is printed above


if __name__ == "__main__":
    address = (os.environ.get("HOST", "127.0.0.1"), int(os.environ.get("PORT", "3000")))
    print(f"listening on http://{address[0]}:{address[1]}", flush=True)
    ThreadingHTTPServer(address, Handler).serve_forever()
