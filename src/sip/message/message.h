#pragma once
// One SIP message: the text in one owned buffer and a table of where its fields lie. Everything handed out is
// a view into the buffer: it lives as long as the message, survives moving it, and dies with stamp_via() and
// destruction. One owner: reading From, To and Via keeps what they say (headers.h). Movable, copyable (a copy
// has its own buffer and so its own views).

#include <boost/container/small_vector.hpp>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <memory>
#include <string>
#include <string_view>

#include "sip/message/header_name.h"
#include "sip/message/method.h"

namespace portico::sip {

struct Field {
  Header id = Header::other;
  std::string_view name;   // as written
  std::string_view value;  // unfolded, without blanks at its ends
};

// Iterates the comma-separated values of all fields of one name, in order. Commas in quoted strings and in
// <...> do not separate. Empty elements are skipped.
class ValueList;

// What read_from(), read_to() and read_top_via() found, so that a message's many readers parse it once. Views
// into the text: they go where the text goes, and a copy of the message begins without them.
struct Readings;
class KeptReadings {
 public:
  KeptReadings();
  ~KeptReadings();
  KeptReadings(const KeptReadings& other);
  KeptReadings& operator=(const KeptReadings& other);
  KeptReadings(KeptReadings&&) noexcept;
  KeptReadings& operator=(KeptReadings&&) noexcept;
  Readings& get();
  void drop();

 private:
  std::unique_ptr<Readings> readings_;
};

class Message {
 public:
  Message();

  bool is_request() const { return is_request_; }
  Method method() const { return method_; }  // of a response: that of its CSeq (other if unreadable)
  std::string_view method_text() const;      // of a request
  std::string_view request_uri() const;      // of a request, as written; parse_uri() it
  int status() const { return status_; }     // of a response, 100..699; 0 for a request
  std::string_view reason() const;           // of a response

  std::size_t field_count() const { return fields_.size(); }
  Field field(std::size_t index) const;  // in the order of the message
  bool has(Header id) const;
  std::size_t count(Header id) const;                   // fields (lines), not values
  std::string_view value(Header id) const;              // of the first such field; "" when absent
  std::string_view value(std::string_view name) const;  // the same for any name, without regard to case
  ValueList values(Header id) const;                    // for comma lists

  std::string_view body() const;
  std::string_view text() const { return buffer_; }  // the whole, with folds replaced by blanks
  Readings& readings() const { return readings_.get(); }

 private:
  friend class MessageParser;
  friend class ViaStamp;

  struct Span {
    std::uint32_t offset = 0;
    std::uint32_t size = 0;
  };
  struct Entry {
    std::uint32_t name_offset;
    std::uint16_t name_size;
    std::uint16_t value_delta;  // from name_offset
    std::uint16_t value_size;
    Header id;
  };
  std::string_view view(Span span) const { return std::string_view(buffer_).substr(span.offset, span.size); }
  std::string_view name_of(const Entry& e) const;
  std::string_view value_of(const Entry& e) const;

  std::string buffer_;
  boost::container::small_vector<Entry, 40> fields_;
  Span start_a_;  // method text, or nothing
  Span start_b_;  // Request-URI, or reason phrase
  Span body_;
  int status_ = 0;
  Method method_ = Method::other;
  bool is_request_ = false;
  mutable KeptReadings readings_;

  friend class ValueList;
};

class ValueList {
 public:
  class Iterator {
   public:
    using value_type = std::string_view;
    using difference_type = std::ptrdiff_t;
    Iterator() = default;
    std::string_view operator*() const { return current_; }
    Iterator& operator++() {
      advance();
      return *this;
    }
    void operator++(int) { advance(); }
    friend bool operator==(const Iterator& i, std::default_sentinel_t) { return i.message_ == nullptr; }

   private:
    friend class ValueList;
    Iterator(const Message* message, Header id) : message_(message), id_(id) { advance(); }
    void advance();

    const Message* message_ = nullptr;
    std::size_t next_field_ = 0;
    std::string_view rest_;
    std::string_view current_;
    Header id_ = Header::other;
  };

  Iterator begin() const { return {message_, id_}; }
  std::default_sentinel_t end() const { return {}; }
  bool empty() const { return begin() == end(); }
  std::string_view front() const { return empty() ? std::string_view{} : *begin(); }

 private:
  friend class Message;
  ValueList(const Message* message, Header id) : message_(message), id_(id) {}
  const Message* message_;
  Header id_;
};

// Takes the next comma-separated element off `rest`, blanks removed, empty elements skipped; "" at the end.
std::string_view next_value(std::string_view& rest);
// Is `wanted` one of the comma-separated elements? Without case.
bool lists(std::string_view elements, std::string_view wanted);

}  // namespace portico::sip
