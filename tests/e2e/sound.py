"""What is heard, measured: tones by frequency, silence by level. Standard library and sox."""
import io
import math
import struct
import subprocess
import wave


def read_wav(path):
    """(rate, list of channels), samples as floats in -1..1."""
    with wave.open(path, "rb") as file:
        assert file.getsampwidth() == 2, "16-bit PCM expected"
        raw = file.readframes(file.getnframes())
        channels = file.getnchannels()
        samples = struct.unpack(f"<{len(raw) // 2}h", raw)
        return file.getframerate(), [[s / 32768 for s in samples[c::channels]] for c in range(channels)]


def read_mp3(raw):
    """As read_wav(); decoded by sox, which knows nothing of the server's encoder."""
    done = subprocess.run(["sox", "-t", "mp3", "-", "-b", "16", "-t", "wavpcm", "-"], input=raw, capture_output=True, check=True)
    return read_wav(io.BytesIO(done.stdout))


def write_tone(path, hertz, seconds, rate=8000, level=0.5):
    with wave.open(path, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        count = int(seconds * rate)
        file.writeframes(b"".join(struct.pack("<h", int(32767 * level * math.sin(2 * math.pi * hertz * i / rate)))
                                  for i in range(count)))


def level(samples):
    """Root mean square."""
    return math.sqrt(sum(s * s for s in samples) / len(samples)) if samples else 0.0


def share(samples, rate, hertz):
    """How much of the samples' energy lies at `hertz` (Goertzel): 1.0 for a pure tone."""
    if not samples:
        return 0.0
    coefficient = 2 * math.cos(2 * math.pi * hertz / rate)
    a = b = 0.0
    for s in samples:
        a, b = s + coefficient * a - b, a
    power = a * a + b * b - coefficient * a * b
    energy = sum(s * s for s in samples)
    return 2 * power / (len(samples) * energy) if energy else 0.0


def loud_part(samples, rate, threshold=0.02):
    """From the first to the last 20 ms that are louder than `threshold`."""
    size = rate // 50
    loud = [i for i in range(0, len(samples) - size + 1, size) if level(samples[i:i + size]) > threshold]
    return samples[loud[0]:loud[-1] + size] if loud else []


def seconds_of(samples, rate):
    return len(samples) / rate


def tone_seconds(samples, rate, hertz, least=0.7):
    """Seconds in which the tone dominates, by windows of 40 ms."""
    size = rate // 25
    windows = (samples[i:i + size] for i in range(0, len(samples) - size + 1, size))
    return sum(0.04 for w in windows if level(w) > 0.02 and share(w, rate, hertz) > least)
