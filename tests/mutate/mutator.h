#pragma once
// Spoils SIP messages: the same seed spoils the same messages in the same way.

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>

#include "sip/transaction/randomness.h"

namespace portico::mutate {

class Mutator {
 public:
  explicit Mutator(std::uint64_t seed) : random_(seed) {}

  // A copy of `message` with one to four faults.
  std::string spoil(std::string message);
  // Messages that splices are taken from: the last few.
  void remember(std::string_view message);

  std::uint32_t below(std::uint32_t bound) { return bound == 0 ? 0 : sip::random_below(random_, bound); }
  bool one_in(std::uint32_t n) { return below(n) == 0; }
  std::string token(std::size_t length) { return sip::random_token(random_, length); }

 private:
  using Fault = void (Mutator::*)(std::string&);
  void flip_bytes(std::string& text);
  void put_byte_soup(std::string& text);
  void drop_bytes(std::string& text);
  void drop_line(std::string& text);
  void repeat_line(std::string& text);
  void swap_lines(std::string& text);
  void truncate(std::string& text);
  void put_huge_number(std::string& text);
  void spoil_line_end(std::string& text);
  void splice(std::string& text);
  void put_phrase(std::string& text);
  void swell(std::string& text);
  void swap_case(std::string& text);
  void spoil_content_length(std::string& text);

  struct Line {
    std::size_t begin;
    std::size_t size;  // its CRLF included
  };
  Line pick_line(const std::string& text);
  std::size_t place_in(const std::string& text) { return below(static_cast<std::uint32_t>(text.size() + 1)); }

  sip::SeededRandomness random_;
  std::deque<std::string> heard_;
};

}  // namespace portico::mutate
