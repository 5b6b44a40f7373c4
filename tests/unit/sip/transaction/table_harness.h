#pragma once
// A TransactionTable with its clock.

#include "sip/harness.h"
#include "sip/transaction/table.h"

namespace portico::sip::testing {

struct Table {
  SeededRandomness random{7};
  TransactionTable table{random};
  Flow flow = udp_flow();
  GaveUps gave_up;

  // Lets time pass; gives what was sent again, with its times.
  Out at(Duration until) {
    Out out;
    while (table.next_deadline() <= kStart + until) {
      const auto now = table.next_deadline();
      std::vector<Send> sends;
      table.on_time(now, sends, gave_up);
      for (auto& send : sends) out.sends.emplace_back(now - kStart, std::move(send));
    }
    return out;
  }
  Incoming request(Duration at, std::string bytes, Out* out = nullptr) {
    std::vector<Send> sends;
    const auto message = parsed(std::move(bytes));
    const auto incoming = table.on_request(kStart + at, message, sends);
    if (out != nullptr) {
      for (auto& send : sends) out->sends.emplace_back(at, std::move(send));
    }
    return incoming;
  }
  Incoming response(Duration at, std::string bytes, Out* out = nullptr) {
    std::vector<Send> sends;
    const auto incoming = table.on_response(kStart + at, parsed(std::move(bytes)), sends);
    if (out != nullptr) {
      for (auto& send : sends) out->sends.emplace_back(at, std::move(send));
    }
    return incoming;
  }
  TxId accept(Duration at, std::string bytes) {
    return *table.accept(kStart + at, flow, parsed(std::move(bytes)), "us", 5);
  }
  bool respond(Duration at, TxId id, int status, std::string bytes) {
    std::vector<Send> sends;
    return table.send_response(kStart + at, id, status, std::move(bytes), sends);
  }
  // A request of ours with a branch of its own.
  TxId send(Duration at, std::string_view method, std::string& bytes) {
    const std::string branch = table.new_branch();
    bytes = wire(std::string(method) +
                 " sip:bob@example.com SIP/2.0\nVia: SIP/2.0/UDP 192.0.2.1;branch=" + branch +
                 "\nMax-Forwards: 70\nFrom: <sip:app@192.0.2.1>;tag=us\nTo: <sip:bob@example.com>\nRoute: "
                 "<sip:p1.example.com;lr>\nCall-ID: c1\nCSeq: 7 " +
                 std::string(method) + "\n");
    std::vector<Send> sends;
    return *table.request(kStart + at, flow, method, branch, bytes, 5, sends);
  }
};

}  // namespace portico::sip::testing
