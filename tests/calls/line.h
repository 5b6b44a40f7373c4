#pragma once
// One address of a flow: what the phone or proxy there knows of its dialog, and the messages it writes, byte
// by byte as the flow says.

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace portico::calls {

// One item of a step, read.
struct Wish {
  std::string method;                        // or a status
  std::string target;                        // A, nobody, an address; empty: in the dialog
  std::string answers;                       // a status: to the last request of this method
  bool again = false;                        // the same bytes as before
  std::map<std::string, std::string> words;  // key=value
  std::vector<std::string> headers;

  bool is_answer() const;
  std::string word(const std::string& key) const;
};
Wish read_wish(const std::string& item);

class Line {
 public:
  explicit Line(std::string address = {}) : address_(std::move(address)) {}

  void on_datagram(const std::string& bytes);
  // `uri` of the target, `authorization` a whole header line or empty.
  std::string write(const Wish& wish, const std::string& uri, const std::string& authorization);
  int next_cseq() const { return cseq_ + 1; }

 private:
  void learn_request(const std::string& bytes);
  std::string write_answer(const Wish& wish);
  std::string write_request(const Wish& wish, const std::string& uri, const std::string& authorization);
  void start_invite(const Wish& wish, const std::string& uri);
  std::string contact(const Wish& wish) const;
  std::string ending(const Wish& wish, std::string_view usual_sdp) const;

  std::string address_;
  std::string call_id_;
  std::string local_ = "<sip:phone@phones.example>";
  std::string local_tag_ = "phone";
  std::string remote_;
  std::string remote_tag_;
  std::string target_;  // Request-URI
  int cseq_ = 0;
  int invite_cseq_ = 0;
  int branch_ = 0;
  std::string invite_branch_;
  std::string invite_tag_;                   // the To tag that it bore, which its CANCEL bears too
  bool answered_ = false;                    // our INVITE got 200
  std::string rack_;                         // of the last reliable provisional answer
  std::string last_method_;                  // of the last request that came
  std::map<std::string, std::string> came_;  // requests, by method
  std::map<std::string, std::string> sent_;  // by method or status
};

}  // namespace portico::calls
