#pragma once
// Which transaction a message belongs to (RFC 3261 section 17.1.3 and 17.2.3), as keys of a table.

#include <optional>
#include <string_view>

#include "sip/message/message.h"
#include "sip/transaction/keyed_hash.h"

namespace portico::sip {

// Branch, sent-by and method; an ACK or CANCEL has the key of its INVITE. Without the magic cookie (RFC
// 2543): Request-URI, From tag, Call-ID, CSeq number and Via. nullopt: the request lacks what is needed.
std::optional<HashKey> server_key(const KeyedHash& hash, const Message& request);

// Call-ID, From tag, CSeq of a request outside dialogs: a second one by another path is a merged request
// (section 8.2.2.2). nullopt: inside a dialog, or ACK or CANCEL.
std::optional<HashKey> merge_key(const KeyedHash& hash, const Message& request);

HashKey client_key(const KeyedHash& hash, std::string_view branch, std::string_view method);
std::optional<HashKey> client_key(const KeyedHash& hash, const Message& response);

}  // namespace portico::sip
