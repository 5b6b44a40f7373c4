#pragma once
// The one place that writes SIP messages. Whatever is handed in, one call writes one field: CR, LF and NUL in
// values become blanks, in a Request-URI they are escaped, and a field whose name is no token is left out;
// each is counted (portico_sip_writer_sanitised_total). Who wants to refuse instead asks fit_value() and
// fit_name() first.

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

#include "base/address.h"
#include "sip/message/header_name.h"
#include "sip/message/message.h"
#include "sip/message/method.h"

namespace portico::sip {

bool fit_name(std::string_view name);    // a token
bool fit_value(std::string_view value);  // no CR, LF, NUL

class MessageWriter {
 public:
  static MessageWriter request(std::string_view method, std::string_view uri);
  static MessageWriter request(Method method, std::string_view uri) {
    return request(method_name(method), uri);
  }
  static MessageWriter response(int status, std::string_view reason = {});  // no reason: the RFC's

  MessageWriter& add(Header id, std::string_view value) { return add(id, {value}); }
  MessageWriter& add(Header id,
                     std::initializer_list<std::string_view> parts);  // written one after the other
  MessageWriter& add(std::string_view name, std::string_view value);
  MessageWriter& add_number(Header id, std::uint64_t value);
  MessageWriter& add_cseq(std::uint32_t number, std::string_view method);
  MessageWriter& add_cseq(std::uint32_t number, Method method) {
    return add_cseq(number, method_name(method));
  }
  // `sent_by` is host[:port]; writes rport as RFC 3581 asks when `rport` is set.
  MessageWriter& add_via(std::string_view transport, std::string_view sent_by, std::string_view branch,
                         bool rport);
  // ["display" ]<uri>[;tag=tag]; `display` is plain text and is quoted here.
  MessageWriter& add_address(Header id, std::string_view display, std::string_view uri,
                             std::string_view tag = {});
  MessageWriter& copy(const Message& from, Header id);  // every field of that name, in order

  // Ends the headers with Content-Length and gives the message away; the writer is empty afterwards.
  std::string finish() { return finish({}, {}); }
  std::string finish(std::string_view content_type, std::string_view body);

 private:
  void put_value(std::string_view value);

  std::string text_;
};

struct Reply {
  int status = 0;
  std::string_view reason;    // empty: the RFC's phrase
  std::string_view to_tag;    // added when the request's To has none, except in a 100
  bool record_route = false;  // copy Record-Route: answers that make a dialog (RFC 3261 section 12.1.1)
};
// The head of an answer, RFC 3261 section 8.2.6: all Via, From, To, Call-ID, CSeq (Timestamp in a 100). Works
// on the partial message of an answerable parse fault too.
MessageWriter respond(const Message& request, const Reply& reply);

// `"display" <uri>;params`; `display` plain or empty, `params` raw without a leading ';' or empty.
std::string name_addr(std::string_view display, std::string_view uri, std::string_view params = {});

// RFC 3261 section 18.2.1 and RFC 3581 section 4: notes in the request's top Via where it really came from.
// What the sender claimed of that is replaced. Views into the message die. False: the top Via is unreadable.
bool stamp_via(Message& request, const Endpoint& source);

}  // namespace portico::sip
