#pragma once
// Groups of attributes that several verbs share (contract bxml.md section 3). All URLs are absolute: they
// were resolved when the document was parsed. An empty string means that the attribute was not given.

#include <optional>
#include <string>
#include <string_view>

namespace portico::bxml {

enum class Method : unsigned char { get, post };
std::string_view method_name(Method method);  // "GET", "POST"

// HTTP Basic. Never log it.
struct Credentials {
  std::string username;
  std::string password;

  bool given() const { return !username.empty() || !password.empty(); }
  friend bool operator==(const Credentials&, const Credentials&) = default;
};

// Where one webhook of a verb goes. `url` empty: the webhook is not wanted.
struct Callback {
  std::string url;
  Method method = Method::post;
  Credentials credentials;
  std::string fallback_url;  // tried once when `url` fails; empty: none
  Method fallback_method = Method::post;
  Credentials fallback_credentials;

  bool wanted() const { return !url.empty(); }
};

// nullopt: the call's tag stays; empty: it is cleared; else it is replaced. Up to 4096 characters.
using TagChange = std::optional<std::string>;

enum class FileFormat : unsigned char { wav, mp3 };
std::string_view file_format_name(FileFormat format);  // "wav", "mp3"

// Named from our side: inbound is what we receive from the executing call's party. `both` counts as two
// tracks.
enum class Tracks : unsigned char { inbound, outbound, both };

// RFC 5806. On a call that we placed it behaves as `none`.
enum class DiversionTreatment : unsigned char { none, propagate, stack };
struct Diversion {
  DiversionTreatment treatment = DiversionTreatment::none;
  std::string reason = "unknown";  // a word of the contract's list, used with `stack` only
};

// A name and a value that are copied into a stream's or transcription's `start` message. Names are unique.
struct Param {
  std::string name;
  std::string value;
};

}  // namespace portico::bxml
