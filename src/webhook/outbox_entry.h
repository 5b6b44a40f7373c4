#pragma once
// An asynchronous webhook as an item of the outbox, and what one attempt at it leads to. Pure.

#include "account/outbox_item.h"
#include "call/ports.h"
#include "webhook/attempt.h"
#include "webhook/exchanges.h"

namespace portico::webhook {

// Events with the same one go out one after the other.
std::string ordering_key(const call::Webhook& webhook);
account::OutboxItem make_item(const call::Webhook& webhook, Millis timeout, WallTime now);

Target primary_target(const account::OutboxItem& item);
Target fallback_target(const account::OutboxItem& item);  // url is empty when there is none
Subject subject_of(const account::OutboxItem& item);

// What became of a request whose answer nobody reads: every 2xx is success, whatever comes with it (contract
// webhooks.md section 1).
Outcome judge_notice(http::FetchOutcome fetched, const std::string& url);

//   primary ─delivered─────────────────────────────────────────▶ finish
//      ├─ too much is under way here to be asked ─▶ later, not counted as an attempt
//      ├─ unreachable, first time ─▶ repeat after 1 s ─▶ primary
//      └─ unreachable again, or refused ─▶ fallback, where given ─▶ finish, whatever it says
enum class NextStep : unsigned char { finish, repeat, fallback, later, give_back };
NextStep next_step(const account::OutboxItem& item, bool at_fallback, const Outcome& outcome);

}  // namespace portico::webhook
