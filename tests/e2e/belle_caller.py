"""A caller by belle-sip, Linphone's SIP stack: its digest knows SHA-256, and it takes challenges in the server's order."""
import ctypes

from portico import wait_for

LIBRARY = ctypes.CDLL("libbellesip.so.1")


class Object(ctypes.c_void_p):
    """A pointer that ctypes leaves one."""

    def __str__(self):
        return ctypes.string_at(belle("object_to_string", self)).decode()


def belle(name, *arguments, result=Object):
    """belle_sip_NAME(arguments)"""
    function = getattr(LIBRARY, "belle_sip_" + name)
    function.restype = result
    return function(*(a.encode() if isinstance(a, str) else a for a in arguments))


Callback = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_void_p)


class Callbacks(ctypes.Structure):
    """belle_sip_listener_callbacks_t (belle-sip/listener.h)"""
    _fields_ = [(name, Callback) for name in ("dialog_terminated", "io_error", "request", "response", "timeout",
                                              "transaction_terminated", "auth_requested", "listener_destroyed")]


class BelleCaller:
    """INVITE, again with credentials when they are asked for, and ACK."""

    def __init__(self, application, port, offer):
        self.application, self.statuses, self.sent = application, [], []
        self.callbacks = Callbacks(response=Callback(self.on_response), auth_requested=Callback(self.on_auth_requested))
        self.stack = belle("stack_new", None)
        point = belle("stack_create_listening_point", self.stack, "127.0.0.1", port, "udp")
        self.provider = belle("stack_create_provider", self.stack, point)
        self.listener = belle("listener_create_from_callbacks", ctypes.byref(self.callbacks), None)
        belle("provider_add_sip_listener", self.provider, self.listener)
        invite = belle("request_create", belle("uri_parse", application.uri()), "INVITE",
                       belle("provider_create_call_id", self.provider), belle("header_cseq_create", 1, "INVITE"),
                       belle("header_from_create2", "sip:linphone@example.net", "f"),
                       belle("header_to_create2", application.uri(), None), belle("header_via_new"), 70)
        for header in (("Contact", f"<sip:linphone@127.0.0.1:{port}>"), ("Content-Type", "application/sdp"),
                       ("Content-Length", str(len(offer)))):
            belle("message_add_header", invite, belle("header_create", *header))
        belle("message_set_body", invite, offer, ctypes.c_size_t(len(offer)))
        self.send(invite)

    def send(self, request):
        transaction = belle("provider_create_client_transaction", self.provider, request)
        if " INVITE\r\n" in str(request):
            self.dialog = belle("provider_create_dialog", self.provider, transaction)
        belle("client_transaction_send_request", transaction)
        self.sent.append(str(request))

    def on_auth_requested(self, _, event):
        belle("auth_event_set_username", Object(event), self.application.user)
        belle("auth_event_set_passwd", Object(event), self.application.password)

    def on_response(self, _, event):
        status = belle("response_get_status_code", belle("response_event_get_response", Object(event)), result=ctypes.c_int)
        if status >= 200:
            self.statuses.append(status)
        if status == 407 and len(self.sent) == 1:
            transaction = belle("response_event_get_client_transaction", Object(event))
            self.send(belle("client_transaction_create_authenticated_request", transaction, None, None))
        if status == 200 and len(self.sent) == 2:
            belle("dialog_send_ack", self.dialog, belle("dialog_create_ack", self.dialog, 2))

    def wait_for_answers(self, count):
        def have_come():
            belle("stack_sleep", self.stack, 50)
            return len(self.statuses) >= count
        wait_for(f"{count} answers", have_come)

    def bye(self):
        self.send(belle("dialog_create_request", self.dialog, "BYE"))
