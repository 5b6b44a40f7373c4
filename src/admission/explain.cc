#include "admission/explain.h"

namespace portico::admission {

Facts facts_of(const Question& question, const account::Snapshot& applications) {
  Facts facts{.application = applications.by_sip_user(question.user),
              .region = question.region,
              .source = question.source,
              .transport = question.transport,
              .require_tls = question.require_tls,
              .credentials = question.credentials,
              .nonce_was_given = true,
              .hide_applications = question.hide_applications};
  if (facts.credentials == Credentials::right && facts.application != nullptr &&
      facts.application->password_auth_enabled && facts.application->digest.realm != question.realm) {
    facts.credentials = Credentials::wrong;
    facts.why = kOtherRealmsPassword;
  }
  return facts;
}

Answer explain(const Question& question, const account::Snapshot& applications) {
  const Facts facts = facts_of(question, applications);
  const Decision decision = decide(facts);
  return {decision, explanation(decision, facts)};
}

}  // namespace portico::admission
