#pragma once
// One request of the client under way: a curl handle, what it sends, and what has come back. Internal to
// http/; the client's thread only.
//
//   queued ─▶ resolving ─▶ connecting ─▶ securing (TLS) ─▶ waiting ─first byte─▶ receiving ─▶ finished
//      └────── a connection kept alive is free ─────────────▲    each redirect begins again at resolving

#include <curl/curl.h>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "http/client.h"

namespace portico::http {

// What a transfer asks of the client's loop.
class TransferHost {
 public:
  virtual ~TransferHost() = default;
  virtual void arm(std::uint64_t transfer, TimePoint when) = 0;  // replaces what was armed before
  virtual void on_connection_opened() = 0;
};

class Transfer {
 public:
  Transfer(std::uint64_t id, Fetch request, FetchDone done, TimePoint asked, TransferHost& host);
  ~Transfer();  // the easy handle must not be in use any more
  Transfer(const Transfer&) = delete;
  Transfer& operator=(const Transfer&) = delete;

  // Sets all options of `easy`, which stays the caller's. `options` outlive this.
  Result<void> prepare(CURL* easy, const ClientOptions& options);

  // Its connect limit begins; prepare() is to come.
  void wait_for_name() { enter(Stage::resolving); }
  // After prepare(): so many addresses, in an entry of CURLOPT_RESOLVE. One that does not answer leaves those
  // after it a share of the limit.
  void go_to(const std::string& entry, std::size_t addresses);

  // When the armed time has come: true if a limit has passed, else the next one is armed.
  bool is_late(TimePoint now);

  // Each hands the outcome to whoever asked. One of them, once.
  void finish(CURLcode code, TimePoint now);
  void finish_late(TimePoint now);
  void finish_failed(FetchFailure kind, std::string what, TimePoint now);

  std::uint64_t id() const { return id_; }
  bool is_wanted() const { return request_.wanted == nullptr || *request_.wanted; }
  CURL* easy() const { return easy_; }  // null until prepared

 private:
  enum class Stage : unsigned char { queued, resolving, connecting, securing, waiting, receiving };

  static std::size_t on_body(char* bytes, std::size_t size, std::size_t count, void* self);
  static std::size_t on_header(char* bytes, std::size_t size, std::size_t count, void* self);
  static curl_socket_t on_open_socket(void* self, curlsocktype purpose, curl_sockaddr* address);
  curl_socket_t open_socket(const curl_sockaddr& address);
  static int on_resolve(void* state, void* reserved, void* self);
  static CURLcode on_handshake(CURL* easy, void* context, void* self);
  static int on_request(void* self, char* peer, char* local, int peer_port, int local_port);
  bool may_send_now();

  void set_message();
  void set_connection(const ClientOptions& options);
  void set_callbacks();
  void enter(Stage stage);
  TimePoint limit() const { return std::min(stage_deadline_, asked_ + request_.total_timeout); }
  TimePoint next_look(TimePoint now) const;  // when is_late() has something to do
  void share_limit(int family, int fd);
  void end_late_tries(TimePoint now);
  void forget_tries();
  void nudge() const;
  bool take_body(std::string_view bytes);
  bool take_header_line(std::string_view line);
  bool write_file(std::string_view bytes);
  FetchFailure late_kind() const;
  int status() const;
  FetchError explain(CURLcode code) const;
  FetchTimings timings(TimePoint now) const;
  void tell(tl::expected<Fetched, FetchError> answer, TimePoint now);
  void close_file(bool keep);

  const std::uint64_t id_;
  Fetch request_;
  FetchDone done_;
  const TimePoint asked_;
  TransferHost& host_;
  CURL* easy_ = nullptr;
  curl_slist* fields_ = nullptr;
  curl_slist* resolve_ = nullptr;
  char error_text_[CURL_ERROR_SIZE] = "";
  Stage stage_ = Stage::queued;
  TimePoint stage_deadline_ = kNever;
  const ClientOptions* options_ = nullptr;  // the client's, once prepared
  std::size_t addresses_left_ = 0;          // that curl has not tried
  struct Try {
    int family;  // curl connects to one address of each at a time
    int fd;  // of the socket that curl connects, by a number of our own: curl closes its own when it likes
    TimePoint until;
  };
  std::vector<Try> tries_;
  bool refused_target_ = false;
  bool unwanted_ = false;
  bool too_large_ = false;
  bool coded_ = false;
  bool file_failed_ = false;
  bool no_room_ = false;
  std::optional<TimePoint> sent_;  // when it was sent last
  std::optional<TimePoint> lost_;  // when the connection that it was sent on was given up
  bool broken_off_ = false;
  bool opened_connection_ = false;
  bool opened_socket_ = false;  // in the present connecting stage
  std::size_t head_bytes_ = 0;
  int file_ = -1;
  Fetched answer_;
};

}  // namespace portico::http
