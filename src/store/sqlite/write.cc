#include "store/sqlite/write.h"

#include "store/sqlite/tables.h"

namespace portico::store::sqlite {
namespace {

struct Apply {
  Connection& db;
  LogTrimmings& trimmings;
  bool outbox_full;

  static Result<Applied> written(Result<void> done) {
    if (!done) return fail(std::move(done.error()));
    return Applied::written;
  }

  Result<Applied> operator()(const account::CallRecord& call) const { return written(put_call(db, call)); }

  Result<Applied> operator()(const account::RecordingRecord& recording) const {
    return written(put_recording(db, recording));
  }

  Result<Applied> operator()(const account::AdmissionRow& row) const {
    auto done = add_admission(db, row);
    if (done && trimmings.admissions.due(row.application_id)) done = trim_admissions(db, row.application_id);
    return written(std::move(done));
  }

  Result<Applied> operator()(const account::WebhookExchange& exchange) const {
    auto done = add_exchange(db, exchange);
    if (done && trimmings.exchanges.due(exchange.account_id)) done = trim_exchanges(db, exchange.account_id);
    return written(std::move(done));
  }

  Result<Applied> operator()(const account::OutboxItem& item) const {
    if (outbox_full) return Applied::dropped;
    const auto added = enqueue(db, item);
    if (!added) return fail(added.error());
    return *added ? Applied::enqueued : Applied::written;
  }

  Result<Applied> operator()(const account::EndWrite& end) const {
    const auto kept = std::visit(*this, end.record);
    return kept ? (*this)(end.event) : kept;
  }
};

}  // namespace

Result<Applied> apply(Connection& db, const account::Write& write, LogTrimmings& trimmings,
                      bool outbox_full) {
  return std::visit(Apply{db, trimmings, outbox_full}, write);
}

}  // namespace portico::store::sqlite
