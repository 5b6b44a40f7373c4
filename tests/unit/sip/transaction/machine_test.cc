#include "sip/transaction/machine.h"

#include <gtest/gtest.h>

#include "sip/transaction/invite_client.h"
#include "sip/transaction/invite_server.h"
#include "sip/transaction/non_invite_client.h"
#include "sip/transaction/non_invite_server.h"

namespace portico::sip {
namespace {

constexpr const TxMachine* kMachines[] = {&kInviteServer, &kNonInviteServer, &kInviteClient,
                                          &kNonInviteClient};

TEST(Machine, HasNoTwoRowsForOneInput) {
  for (const auto* machine : kMachines) {
    for (std::size_t i = 0; i < machine->rows.size(); ++i) {
      const TxRow& row = machine->rows[i];
      EXPECT_EQ(find_row(machine->rows, row.from, row.input), &row) << "row " << i;
    }
  }
}

TEST(Machine, EndsEveryStateThatStartsATimer) {
  for (const auto* machine : kMachines) {
    for (const TxTimers& t : machine->timers) {
      if (t.repeat != TxInput::none) EXPECT_NE(find_row(machine->rows, t.state, t.repeat), nullptr);
      if (t.end == TxInput::none) continue;
      const TxRow* end = find_row(machine->rows, t.state, t.end);
      ASSERT_NE(end, nullptr);
      EXPECT_EQ(end->to, TxState::terminated);
    }
  }
}

TEST(Machine, KnowsTheTimersOfEachStateItCanReach) {
  for (const auto* machine : kMachines) {
    for (const TxRow& row : machine->rows) {
      const bool lives = row.to != TxState::terminated;
      EXPECT_EQ(find_timers(machine->timers, row.to) != nullptr, lives);
    }
  }
}

}  // namespace
}  // namespace portico::sip
