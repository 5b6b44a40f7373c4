#pragma once
// Server transaction of any method but INVITE and ACK: RFC 3261 section 17.2.2.

#include <array>

#include "sip/transaction/machine.h"

namespace portico::sip {

//                 +------------------+   2xx-6xx: send
//    request ---> |      trying      | -------------------------+
//                 +------------------+                          |
//      request:       | 1xx: send                               v
//      absorb         v                                  +-------------+  request:
//                 +------------------+  2xx-6xx: send    |  completed  |  repeat final
//   request:      |    proceeding    | ----------------> +-------------+
//   repeat 1xx    +------------------+                          | J
//                          |                                    v
//                          | F                           +------------+
//                          +---------------------------> | terminated |
//                                                        +------------+
// RFC 3261 lets a transaction that nobody answers live for ever. Its client stopped listening at F = 64*T1,
// so it ends here then too (also from trying).
inline constexpr std::array kNonInviteServerRows{
    TxRow{TxState::trying, TxInput::got_request, TxState::trying, TxAct::none},
    TxRow{TxState::trying, TxInput::send_1xx, TxState::proceeding, TxAct::send},
    TxRow{TxState::trying, TxInput::send_2xx, TxState::completed, TxAct::send},
    TxRow{TxState::trying, TxInput::send_3xx_6xx, TxState::completed, TxAct::send},
    TxRow{TxState::trying, TxInput::timer_f, TxState::terminated, TxAct::give_up},
    TxRow{TxState::proceeding, TxInput::got_request, TxState::proceeding, TxAct::repeat},
    TxRow{TxState::proceeding, TxInput::send_1xx, TxState::proceeding, TxAct::send},
    TxRow{TxState::proceeding, TxInput::send_2xx, TxState::completed, TxAct::send},
    TxRow{TxState::proceeding, TxInput::send_3xx_6xx, TxState::completed, TxAct::send},
    TxRow{TxState::proceeding, TxInput::timer_f, TxState::terminated, TxAct::give_up},
    TxRow{TxState::completed, TxInput::got_request, TxState::completed, TxAct::repeat},
    TxRow{TxState::completed, TxInput::timer_j, TxState::terminated, TxAct::none},
};
static_assert(find_row(kNonInviteServerRows, TxState::completed, TxInput::send_2xx) == nullptr);

inline constexpr std::array kNonInviteServerTimers{
    TxTimers{
        .state = TxState::trying, .end = TxInput::timer_f, .end_unreliable = k64T1, .end_reliable = k64T1},
    TxTimers{.state = TxState::proceeding, .end = TxInput::timer_f, .keep = true},
    TxTimers{.state = TxState::completed, .end = TxInput::timer_j, .end_unreliable = k64T1},
};

inline constexpr TxMachine kNonInviteServer{kNonInviteServerRows, kNonInviteServerTimers};

}  // namespace portico::sip
