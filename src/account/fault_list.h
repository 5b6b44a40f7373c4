#pragma once
// How the merge rules take one member of a patch and what they say when it is of the wrong kind.

#include <string>
#include <string_view>

#include "account/patch.h"

namespace portico::account {

class FaultList {
 public:
  void add(std::string_view field, std::string description);  // the first kFaultsMax are kept
  bool empty() const { return faults_.empty(); }
  bool names(std::string_view field) const;  // has a fault of that field
  Faults take() { return std::move(faults_); }

  // The value if there is one to use. `null` is a fault: for booleans, arrays and what must be there.
  template <typename T>
  const T* required(const Given<T>& given, std::string_view field, std::string_view kind) {
    if (given.how == Given<T>::How::null) add(field, std::string(field) + " must not be null");
    if (given.how == Given<T>::How::wrong_type) add_wrong_type(field, kind);
    return given.has_value() ? &given.value : nullptr;
  }

  // The same where `null` means "back to the default": then `into` becomes `fallback`.
  template <typename T, typename Target>
  const T* nullable(const Given<T>& given, std::string_view field, std::string_view kind, Target& into,
                    Target fallback) {
    if (given.how == Given<T>::How::null) into = std::move(fallback);
    if (given.how == Given<T>::How::wrong_type) add_wrong_type(field, kind);
    return given.has_value() ? &given.value : nullptr;
  }

 private:
  void add_wrong_type(std::string_view field, std::string_view kind);

  Faults faults_;
};

// Text of a request as it may stand in a fault's description: short, in quotes, without control characters.
std::string quoted(std::string_view text);
bool has_control_characters(std::string_view text);

}  // namespace portico::account
