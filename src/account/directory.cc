#include "account/directory.h"

#include "base/limits.h"

namespace portico::account {
namespace {

const ApplicationPtr kNoApplication;

const ApplicationPtr& find(const std::unordered_map<Uuid, ApplicationPtr>& table, std::string_view text) {
  const auto id = parse_uuid(text);
  if (!id) return kNoApplication;
  const auto found = table.find(*id);
  return found == table.end() ? kNoApplication : found->second;
}

}  // namespace

const Application* Snapshot::by_sip_user(std::string_view user) const {
  return find(by_sip_user_, user).get();
}
const Application* Snapshot::by_id(std::string_view id) const { return find(by_id_, id).get(); }
ApplicationPtr Snapshot::share_by_sip_user(std::string_view user) const { return find(by_sip_user_, user); }
ApplicationPtr Snapshot::share_by_id(std::string_view id) const { return find(by_id_, id); }

const Account* Snapshot::account(std::string_view account_id) const {
  const auto found = accounts_.find(account_id);
  return found == accounts_.end() ? nullptr : found->second.get();
}

Directory::Directory() : current_(std::make_shared<Snapshot>()), published_(1) {}

SnapshotPtr Directory::snapshot() const {
  const std::lock_guard lock(pointer_mutex_);
  return current_;
}

std::shared_ptr<Snapshot> Directory::copy() const { return std::make_shared<Snapshot>(*snapshot()); }

void Directory::publish(std::shared_ptr<Snapshot> next) {
  replaced_.reserve(replaced_.size() + 1);  // nothing fails once it is swapped
  {
    const std::lock_guard lock(pointer_mutex_);
    replaced_.push_back(std::exchange(current_, std::move(next)));
  }
  published_.fetch_add(1, std::memory_order_release);
  free_replaced();
}

// Nobody can come to hold one again, so that one reference stays one.
void Directory::free_replaced() {
  std::erase_if(replaced_, [](const SnapshotPtr& snapshot) { return snapshot.use_count() == 1; });
}

bool Directory::erase(Snapshot& snapshot, Uuid id) {
  const auto found = snapshot.by_id_.find(id);
  if (found == snapshot.by_id_.end()) return false;
  if (const auto user = parse_uuid(found->second->sip_user)) snapshot.by_sip_user_.erase(*user);
  snapshot.by_id_.erase(found);
  return true;
}

bool Directory::bury(Snapshot& snapshot, Uuid id) {
  if (removed_.insert(id).second) removed_in_order_.push_back(id);
  if (removed_in_order_.size() > limits::kDeletedApplicationsMax) {
    removed_.erase(removed_in_order_.front());
    removed_in_order_.pop_front();
  }
  return erase(snapshot, id);
}

bool Directory::apply(Snapshot& snapshot, Application application) const {
  const auto id = parse_uuid(application.id);
  if (!id || removed_.contains(*id)) return false;
  const auto held = snapshot.by_id_.find(*id);
  if (held != snapshot.by_id_.end() && held->second->version >= application.version) return false;
  erase(snapshot, *id);
  const auto user = application.inbound_sip_enabled ? parse_uuid(application.sip_user) : std::nullopt;
  auto shared = std::make_shared<const Application>(std::move(application));
  if (user) snapshot.by_sip_user_[*user] = shared;
  snapshot.by_id_[*id] = std::move(shared);
  return true;
}

void Directory::put(Application application) {
  const std::lock_guard lock(write_mutex_);
  auto next = copy();
  if (apply(*next, std::move(application))) publish(std::move(next));
}

void Directory::put(Account account) {
  const std::lock_guard lock(write_mutex_);
  auto next = copy();
  auto shared = std::make_shared<const Account>(std::move(account));
  next->accounts_[shared->id] = shared;
  publish(std::move(next));
}

void Directory::remove(std::string_view application_id) {
  const auto id = parse_uuid(application_id);
  if (!id) return;
  const std::lock_guard lock(write_mutex_);
  auto next = copy();
  if (bury(*next, *id)) publish(std::move(next));
}

Result<bool> Directory::refresh(Store& store) {
  const std::lock_guard refresh_lock(refresh_mutex_);
  const auto counter = store.change_counter();
  if (!counter) return fail(counter.error());
  if (*counter == store_counter_) {
    const std::lock_guard lock(write_mutex_);
    free_replaced();
    return false;
  }
  auto changes = store.changes_since(store_counter_);
  if (!changes) return fail(changes.error());

  const std::lock_guard lock(write_mutex_);
  auto next = copy();
  for (auto& application : changes->applications) apply(*next, std::move(application));
  for (const auto& text : changes->deleted_application_ids) {
    if (const auto id = parse_uuid(text)) bury(*next, *id);
  }
  for (auto& account : changes->accounts) {
    auto shared = std::make_shared<const Account>(std::move(account));
    next->accounts_[shared->id] = shared;
  }
  publish(std::move(next));
  store_counter_ = changes->counter;
  return true;
}

const Snapshot& Directory::Reader::current() {
  // Published after the pointer was swapped: a snapshot taken after reading the number is at least that new.
  const auto published = directory_->published();
  if (published != seen_) {
    snapshot_ = directory_->snapshot();
    seen_ = published;
  }
  return *snapshot_;
}

}  // namespace portico::account
