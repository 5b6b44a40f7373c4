#pragma once
// The words that the four state machines of RFC 3261 section 17 (with RFC 6026) are written in. A machine is
// a table of rows and a table of what each state's timers do; transaction/table carries both out.

#include <cstdint>
#include <span>

#include "base/time.h"

namespace portico::sip {

inline constexpr Duration kT1 = 500ms;
inline constexpr Duration kT2 = 4s;
inline constexpr Duration kT4 = 5s;
inline constexpr Duration k64T1 = 64 * kT1;
inline constexpr Duration kByHand{-1};    // an end timer that its state does not start by itself
inline constexpr Duration kTimerD = 32s;  // RFC 3261: at least 32 s over unreliable transports

enum class TxState : std::uint8_t {
  calling,
  trying,
  proceeding,
  accepted,
  completed,
  confirmed,
  terminated,
};

enum class TxInput : std::uint8_t {
  none,
  got_request,  // the request of a server transaction, once more
  got_ack,
  send_1xx,
  send_2xx,
  send_3xx_6xx,
  got_1xx,
  got_2xx,
  got_3xx_6xx,
  transport_error,
  timer_a,  // INVITE client: send again
  timer_b,  // INVITE client: no answer, or none after CANCEL
  timer_d,  // INVITE client: end of absorbing finals
  timer_e,  // other client: send again
  timer_f,  // other client: no answer
  timer_g,  // INVITE server: send the final again
  timer_h,  // INVITE server: no ACK
  timer_i,  // INVITE server: end of absorbing ACKs
  timer_j,  // other server: end of absorbing requests
  timer_k,  // other client: end of absorbing finals
  timer_l,  // INVITE server: end of accepted
  timer_m,  // INVITE client: end of accepted
};

enum class TxAct : std::uint8_t {
  none,
  send,      // what the user hands in
  repeat,    // the last message sent
  pass_up,   // to the transaction user
  send_ack,  // INVITE client: ACK for a 3xx-6xx
  pass_up_and_ack,
  give_up,  // tell the transaction user: timeout or transport error
};

struct TxRow {
  TxState from;
  TxInput input;
  TxState to;
  TxAct act;
};

// Timers started on entering a state. A repeat timer runs over unreliable transports only.
struct TxTimers {
  TxState state;
  TxInput repeat = TxInput::none;
  Duration repeat_first{};
  Duration repeat_max{};
  TxInput end = TxInput::none;
  Duration end_unreliable{};
  Duration end_reliable{};
  bool keep = false;  // the timers of the state before go on; only the repeat interval becomes `repeat_first`
};

struct TxMachine {
  std::span<const TxRow> rows;
  std::span<const TxTimers> timers;
};

template <typename Rows>
constexpr const TxRow* find_row(const Rows& rows, TxState from, TxInput input) {
  for (const TxRow& row : rows) {
    if (row.from == from && row.input == input) return &row;
  }
  return nullptr;
}

template <typename Timers>
constexpr const TxTimers* find_timers(const Timers& timers, TxState state) {
  for (const TxTimers& t : timers) {
    if (t.state == state) return &t;
  }
  return nullptr;
}

}  // namespace portico::sip
