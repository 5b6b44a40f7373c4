#pragma once
// INVITE server transaction: RFC 3261 section 17.2.1 as changed by RFC 6026 section 7.1.

#include <array>

#include "sip/transaction/machine.h"

namespace portico::sip {

//                      INVITE: repeat last 1xx
//                      1xx: send
//                     +-----------+
//                     |           v
//                 +------------------+   2xx: send         +----------+  INVITE: absorb
//     INVITE ---> |    proceeding    | ------------------> | accepted |  ACK: pass up
//                 +------------------+                     +----------+  2xx again: send
//                          | 3xx-6xx: send                      | L
//                          v                                    v
//   INVITE, G:    +------------------+  H: give up         +------------+
//   repeat final  |    completed     | ------------------> | terminated |
//                 +------------------+                     +------------+
//                          | ACK                                ^
//                          v                                    |
//   ACK: absorb   +------------------+            I             |
//                 |    confirmed     | -------------------------+
//                 +------------------+
inline constexpr std::array kInviteServerRows{
    TxRow{TxState::proceeding, TxInput::got_request, TxState::proceeding, TxAct::repeat},
    TxRow{TxState::proceeding, TxInput::send_1xx, TxState::proceeding, TxAct::send},
    TxRow{TxState::proceeding, TxInput::send_2xx, TxState::accepted, TxAct::send},
    TxRow{TxState::proceeding, TxInput::send_3xx_6xx, TxState::completed, TxAct::send},
    TxRow{TxState::accepted, TxInput::got_request, TxState::accepted, TxAct::none},
    TxRow{TxState::accepted, TxInput::got_ack, TxState::accepted, TxAct::pass_up},
    TxRow{TxState::accepted, TxInput::send_2xx, TxState::accepted, TxAct::send},
    TxRow{TxState::accepted, TxInput::timer_l, TxState::terminated, TxAct::none},
    TxRow{TxState::completed, TxInput::got_request, TxState::completed, TxAct::repeat},
    TxRow{TxState::completed, TxInput::timer_g, TxState::completed, TxAct::repeat},
    TxRow{TxState::completed, TxInput::got_ack, TxState::confirmed, TxAct::none},
    TxRow{TxState::completed, TxInput::timer_h, TxState::terminated, TxAct::give_up},
    TxRow{TxState::confirmed, TxInput::got_ack, TxState::confirmed, TxAct::none},
    TxRow{TxState::confirmed, TxInput::timer_i, TxState::terminated, TxAct::none},
};
static_assert(find_row(kInviteServerRows, TxState::confirmed, TxInput::send_2xx) == nullptr);
static_assert(find_row(kInviteServerRows, TxState::completed, TxInput::send_3xx_6xx) == nullptr);

inline constexpr std::array kInviteServerTimers{
    TxTimers{.state = TxState::proceeding},
    TxTimers{
        .state = TxState::accepted, .end = TxInput::timer_l, .end_unreliable = k64T1, .end_reliable = k64T1},
    TxTimers{.state = TxState::completed,
             .repeat = TxInput::timer_g,
             .repeat_first = kT1,
             .repeat_max = kT2,
             .end = TxInput::timer_h,
             .end_unreliable = k64T1,
             .end_reliable = k64T1},
    TxTimers{.state = TxState::confirmed, .end = TxInput::timer_i, .end_unreliable = kT4},
};

inline constexpr TxMachine kInviteServer{kInviteServerRows, kInviteServerTimers};

}  // namespace portico::sip
