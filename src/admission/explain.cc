#include "admission/explain.h"

namespace portico::admission {

Facts facts_of(const Question& question, const account::Snapshot& applications) {
  return {.application = applications.by_sip_user(question.user),
          .region = question.region,
          .source = question.source,
          .transport = question.transport,
          .require_tls = question.require_tls,
          .credentials = question.credentials,
          .nonce_was_given = true,
          .hide_applications = question.hide_applications};
}

Answer explain(const Question& question, const account::Snapshot& applications) {
  const Facts facts = facts_of(question, applications);
  const Decision decision = decide(facts);
  return {decision, explanation(decision, facts)};
}

}  // namespace portico::admission
