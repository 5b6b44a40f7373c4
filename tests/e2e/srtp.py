"""SRTP as a far side does it (RFC 3711, AES_CM_128_HMAC_SHA1_80), apart from the server's library."""
import base64
import ctypes
import ctypes.util
import hashlib
import hmac
import os

CRYPTO = ctypes.CDLL(ctypes.util.find_library("crypto"))
for name in ("EVP_CIPHER_CTX_new", "EVP_aes_128_ctr"):
    getattr(CRYPTO, name).restype = ctypes.c_void_p
TAG = 10


def aes_ctr(key, iv, data):
    context = ctypes.c_void_p(CRYPTO.EVP_CIPHER_CTX_new())
    out, length = ctypes.create_string_buffer(len(data) + 16), ctypes.c_int()
    CRYPTO.EVP_EncryptInit_ex(context, ctypes.c_void_p(CRYPTO.EVP_aes_128_ctr()), None, key, iv)
    CRYPTO.EVP_EncryptUpdate(context, out, ctypes.byref(length), data, len(data))
    CRYPTO.EVP_CIPHER_CTX_free(context)
    return out.raw[:len(data)]


class Direction:
    """One key; packets must come in order, but for what its user does on purpose."""

    def __init__(self, inline=None):
        self.master = base64.b64decode(inline) if inline else os.urandom(30)
        key, salt = self.master[:16], int.from_bytes(self.master[16:], "big")
        derive = lambda label, size: aes_ctr(key, (((label << 48) ^ salt) << 16).to_bytes(16, "big"), bytes(size))
        self.key, self.auth, self.salt = derive(0, 16), derive(1, 20), int.from_bytes(derive(2, 14), "big")
        self.roc, self.last = 0, None

    @property
    def inline(self):
        return base64.b64encode(self.master).decode()

    def _roc_of(self, sequence):
        if self.last is not None and sequence < self.last - 0x8000:
            self.roc += 1
        self.last = sequence
        return self.roc

    def _crypt(self, packet, roc):
        ssrc, sequence = int.from_bytes(packet[8:12], "big"), int.from_bytes(packet[2:4], "big")
        iv = (self.salt << 16) ^ (ssrc << 64) ^ ((roc << 16 | sequence) << 16)
        return packet[:12] + aes_ctr(self.key, iv.to_bytes(16, "big"), packet[12:])

    def _tag(self, packet, roc):
        return hmac.new(self.auth, packet + roc.to_bytes(4, "big"), hashlib.sha1).digest()[:TAG]

    def protect(self, packet):
        roc = self._roc_of(int.from_bytes(packet[2:4], "big"))
        hidden = self._crypt(packet, roc)
        return hidden + self._tag(hidden, roc)

    def unprotect(self, packet):
        """The packet in the clear; nothing when its tag is wrong."""
        roc = self._roc_of(int.from_bytes(packet[2:4], "big"))
        return self._crypt(packet[:-TAG], roc) if self._tag(packet[:-TAG], roc) == packet[-TAG:] else None
