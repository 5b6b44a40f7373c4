"""A customer's backend of the least cost: BXML for `initiate` by path, a prompt as WAV, and the times of its replies.
Prints its port, then serves until it is ended."""
import array
import asyncio
import io
import json
import math
import time
import wave

DOCUMENTS = {"/pause": '<Response><Pause duration="60"/></Response>',
             "/play": '<Response><PlayAudio>/prompt.wav</PlayAudio></Response>'}
REPLIES = {}


def prompt(seconds=30, rate=8000):
    """A tone that no codec or silence detector can make cheaper."""
    samples = array.array("h", (int(8000 * math.sin(i * 0.31) * math.sin(i * 0.0007)) for i in range(seconds * rate)))
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(samples.tobytes())
    return out.getvalue()


PROMPT = prompt()


def answer(path, body):
    if path == "/prompt.wav":
        return "audio/wav", PROMPT
    if path == "/replies":
        return "application/json", json.dumps(REPLIES).encode()
    if path == "/play":
        REPLIES[json.loads(body)["sipCallId"]] = time.monotonic_ns() // 1000
    return "application/xml", DOCUMENTS.get(path, "").encode()


class Connection(asyncio.Protocol):
    def connection_made(self, transport):
        self.transport, self.waiting = transport, b""

    def data_received(self, data):
        self.waiting += data
        while (end := self.waiting.find(b"\r\n\r\n")) >= 0:
            head = self.waiting[:end].decode("latin-1").split("\r\n")
            length = next((int(line.split(":")[1]) for line in head if line.lower().startswith("content-length:")), 0)
            if len(self.waiting) < end + 4 + length:
                return
            body, self.waiting = self.waiting[end + 4:end + 4 + length], self.waiting[end + 4 + length:]
            kind, content = answer(head[0].split(" ")[1], body)
            self.transport.write(b"HTTP/1.1 200 OK\r\nContent-Type: %s\r\nCache-Control: max-age=3600\r\n"
                                 b"Content-Length: %d\r\n\r\n%s" % (kind.encode(), len(content), content))


async def main():
    server = await asyncio.get_running_loop().create_server(Connection, "127.0.0.1", 0, backlog=1024)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


asyncio.run(main())
