#pragma once
// Client transaction of any method but INVITE and ACK: RFC 3261 section 17.1.2.

#include <array>

#include "sip/transaction/machine.h"

namespace portico::sip {

//                    E: repeat request
//                 +------------------+  F, transport error: give up
//    request ---> |      trying      | ------------------------------+
//                 +------------------+                               |
//    2xx-6xx:  |           | 1xx: pass up                            |
//    pass up   |           v                                         |
//              |  +------------------+  F, transport error: give up  |
//              |  |    proceeding    | ------------------------------+
//              |  +------------------+  E (every T2): repeat request |
//              |           | 2xx-6xx: pass up                        |
//              v           v                                         v
//              +------------------+          K                +------------+
//              |    completed     | ------------------------> | terminated |
//              +------------------+                           +------------+
inline constexpr std::array kNonInviteClientRows{
    TxRow{TxState::trying, TxInput::timer_e, TxState::trying, TxAct::repeat},
    TxRow{TxState::trying, TxInput::timer_f, TxState::terminated, TxAct::give_up},
    TxRow{TxState::trying, TxInput::transport_error, TxState::terminated, TxAct::give_up},
    TxRow{TxState::trying, TxInput::got_1xx, TxState::proceeding, TxAct::pass_up},
    TxRow{TxState::trying, TxInput::got_2xx, TxState::completed, TxAct::pass_up},
    TxRow{TxState::trying, TxInput::got_3xx_6xx, TxState::completed, TxAct::pass_up},
    TxRow{TxState::proceeding, TxInput::timer_e, TxState::proceeding, TxAct::repeat},
    TxRow{TxState::proceeding, TxInput::timer_f, TxState::terminated, TxAct::give_up},
    TxRow{TxState::proceeding, TxInput::transport_error, TxState::terminated, TxAct::give_up},
    TxRow{TxState::proceeding, TxInput::got_1xx, TxState::proceeding, TxAct::pass_up},
    TxRow{TxState::proceeding, TxInput::got_2xx, TxState::completed, TxAct::pass_up},
    TxRow{TxState::proceeding, TxInput::got_3xx_6xx, TxState::completed, TxAct::pass_up},
    TxRow{TxState::completed, TxInput::got_2xx, TxState::completed, TxAct::none},
    TxRow{TxState::completed, TxInput::got_3xx_6xx, TxState::completed, TxAct::none},
    TxRow{TxState::completed, TxInput::timer_k, TxState::terminated, TxAct::none},
};

inline constexpr std::array kNonInviteClientTimers{
    TxTimers{.state = TxState::trying,
             .repeat = TxInput::timer_e,
             .repeat_first = kT1,
             .repeat_max = kT2,
             .end = TxInput::timer_f,
             .end_unreliable = k64T1,
             .end_reliable = k64T1},
    TxTimers{.state = TxState::proceeding,
             .repeat = TxInput::timer_e,
             .repeat_first = kT2,
             .repeat_max = kT2,
             .end = TxInput::timer_f,
             .keep = true},
    TxTimers{.state = TxState::completed, .end = TxInput::timer_k, .end_unreliable = kT4},
};

inline constexpr TxMachine kNonInviteClient{kNonInviteClientRows, kNonInviteClientTimers};

}  // namespace portico::sip
