#pragma once
// INVITE client transaction: RFC 3261 section 17.1.1 as changed by RFC 6026 section 7.2.

#include <array>

#include "sip/transaction/machine.h"

namespace portico::sip {

//                    A: repeat INVITE
//                 +------------------+  B, transport error: give up
//     INVITE ---> |     calling      | ------------------------------------------+
//                 +------------------+ --- 2xx: pass up ------+                  |
//      3xx-6xx: |          | 1xx: pass up                     |                  |
//      pass up  |          v                                  v                  |
//      and ACK  |  +------------------+  2xx: pass up    +----------+            |
//               |  |    proceeding    | ---------------> | accepted |            |
//               |  +------------------+  1xx: pass up    +----------+            |
//               |          | 3xx-6xx: pass up, ACK        2xx: pass up           |
//               v          v                                  | M                |
//               +------------------+                          v                  v
//               |    completed     | --- D, transport error --------> +------------+
//               +------------------+                                  | terminated |
//                3xx-6xx: ACK again                                   +------------+
// In proceeding, B runs only once the user gave up waiting: 64*T1 from CANCEL (RFC 3261 section 9.1), or from
// the first 1xx where that was before it.
inline constexpr std::array kInviteClientRows{
    TxRow{TxState::calling, TxInput::timer_a, TxState::calling, TxAct::repeat},
    TxRow{TxState::calling, TxInput::timer_b, TxState::terminated, TxAct::give_up},
    TxRow{TxState::calling, TxInput::transport_error, TxState::terminated, TxAct::give_up},
    TxRow{TxState::calling, TxInput::got_1xx, TxState::proceeding, TxAct::pass_up},
    TxRow{TxState::calling, TxInput::got_2xx, TxState::accepted, TxAct::pass_up},
    TxRow{TxState::calling, TxInput::got_3xx_6xx, TxState::completed, TxAct::pass_up_and_ack},
    TxRow{TxState::proceeding, TxInput::got_1xx, TxState::proceeding, TxAct::pass_up},
    TxRow{TxState::proceeding, TxInput::got_2xx, TxState::accepted, TxAct::pass_up},
    TxRow{TxState::proceeding, TxInput::got_3xx_6xx, TxState::completed, TxAct::pass_up_and_ack},
    TxRow{TxState::proceeding, TxInput::timer_b, TxState::terminated, TxAct::give_up},
    TxRow{TxState::proceeding, TxInput::transport_error, TxState::terminated, TxAct::give_up},
    TxRow{TxState::accepted, TxInput::got_2xx, TxState::accepted, TxAct::pass_up},
    TxRow{TxState::accepted, TxInput::timer_m, TxState::terminated, TxAct::none},
    TxRow{TxState::completed, TxInput::got_3xx_6xx, TxState::completed, TxAct::send_ack},
    TxRow{TxState::completed, TxInput::transport_error, TxState::terminated, TxAct::none},
    TxRow{TxState::completed, TxInput::timer_d, TxState::terminated, TxAct::none},
};
static_assert(find_row(kInviteClientRows, TxState::completed, TxInput::got_2xx) == nullptr);
static_assert(find_row(kInviteClientRows, TxState::accepted, TxInput::got_1xx) == nullptr);

inline constexpr std::array kInviteClientTimers{
    TxTimers{.state = TxState::calling,
             .repeat = TxInput::timer_a,
             .repeat_first = kT1,
             .repeat_max = k64T1,
             .end = TxInput::timer_b,
             .end_unreliable = k64T1,
             .end_reliable = k64T1},
    TxTimers{.state = TxState::proceeding,
             .end = TxInput::timer_b,
             .end_unreliable = kByHand,
             .end_reliable = kByHand},
    TxTimers{
        .state = TxState::accepted, .end = TxInput::timer_m, .end_unreliable = k64T1, .end_reliable = k64T1},
    TxTimers{.state = TxState::completed, .end = TxInput::timer_d, .end_unreliable = kTimerD},
};

inline constexpr TxMachine kInviteClient{kInviteClientRows, kInviteClientTimers};

}  // namespace portico::sip
