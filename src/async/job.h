#pragma once
// A move-only `void()`: what loops and workers run. std::function would force every captured value to be
// copyable.

#include <memory>
#include <type_traits>
#include <utility>

namespace portico::async {

class Job {
 public:
  Job() = default;
  template <typename F>
    requires(!std::is_same_v<std::decay_t<F>, Job> && std::is_invocable_v<std::decay_t<F>&>)
  Job(F&& f) : body_(std::make_unique<Holder<std::decay_t<F>>>(std::forward<F>(f))) {}

  void operator()() { body_->run(); }
  explicit operator bool() const { return body_ != nullptr; }

 private:
  struct Body {
    virtual ~Body() = default;
    virtual void run() = 0;
  };
  template <typename F>
  struct Holder final : Body {
    explicit Holder(F&& f) : f_(std::move(f)) {}
    explicit Holder(const F& f) : f_(f) {}
    void run() override { f_(); }
    F f_;
  };
  std::unique_ptr<Body> body_;
};

}  // namespace portico::async
