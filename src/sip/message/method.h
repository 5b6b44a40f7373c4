#pragma once
// SIP methods: RFC 3261 and the extensions of RFC 3262, 3311, 3428, 3515, 3903, 6086, 6665. Names are
// case-sensitive.

#include <string_view>

namespace portico::sip {

enum class Method : unsigned char {
  other,  // a token that is none of the below; the text is kept by whoever parsed it
  invite,
  ack,
  bye,
  cancel,
  options,
  register_,
  info,
  prack,
  update,
  subscribe,
  notify,
  refer,
  message,
  publish,
};

Method find_method(std::string_view text);
std::string_view method_name(Method method);  // "" for other

}  // namespace portico::sip
