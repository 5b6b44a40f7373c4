#include "signaling/door.h"

#include <gtest/gtest.h>

#include "sip/digest/answer.h"
#include "sip/digest/challenge.h"
#include "sip/message/parse.h"

namespace portico::signaling {
namespace {

const TimePoint kStart = TimePoint(1h);

sip::Flow from(std::uint32_t address, sip::Transport transport = sip::Transport::udp) {
  return {.transport = transport, .remote = {.ip = IpAddress::v4(address), .port = 5060}};
}

Door door() { return Door({.realm = "sip.example.org", .nonce_secret = std::string(32, 's')}); }

std::size_t sent(Door& door, const sip::Flow& to, std::size_t request, std::size_t answer, int tries) {
  std::size_t bytes = 0;
  for (int i = 0; i < tries; ++i) bytes += door.may_answer(to, request, answer, kStart) ? answer : 0;
  return bytes;
}

TEST(Door, AnUnprovenUdpSourceGetsNoMoreThanItSentAndOneSmallReply) {
  auto one = door();
  constexpr std::size_t kTries = 100'000;
  EXPECT_LE(sent(one, from(1), 400, 700, kTries), 400 * kTries + admission::ReplyBudget::kSmallReplyBytes);
}

TEST(Door, AnswersThatAreNoLargerThanTheirRequestsAreFree) {
  auto one = door();
  EXPECT_EQ(sent(one, from(1), 1'000, 700, 1'000), 700'000U);
}

TEST(Door, AConnectionIsItsOwnProof) {
  auto one = door();
  EXPECT_EQ(sent(one, from(1, sip::Transport::tcp), 400, 700, 1'000), 700'000U);
  EXPECT_EQ(sent(one, from(1, sip::Transport::tls), 400, 700, 1'000), 700'000U);
}

TEST(Door, ASourceThatProvedItselfIsAnsweredWhateverTheSize) {
  auto one = door();
  one.proven(IpAddress::v4(1), kStart);
  EXPECT_EQ(sent(one, from(1), 400, 700, 1'000), 700'000U);
  EXPECT_LE(sent(one, from(2), 400, 700, 1'000), 400'000U + admission::ReplyBudget::kSmallReplyBytes);
}

TEST(Door, ForgedDatagramsUseUpNoRateOfConnections) {
  auto one = door();
  for (int i = 0; i < 1'000; ++i) (void)one.take_invite(from(1), kStart);
  EXPECT_FALSE(one.take_invite(from(1), kStart));
  EXPECT_TRUE(one.take_invite(from(1, sip::Transport::tcp), kStart));
  for (int i = 0; i < 1'000; ++i) (void)one.take_invite(from(1, sip::Transport::tls), kStart);
  EXPECT_FALSE(one.take_invite(from(1, sip::Transport::tcp), kStart)) << "which have one together";
}

// A machine has all addresses of its /64, and takes another one for each guess.
TEST(Door, AnIpv6NetworkIsOneSource) {
  const auto address = [](std::uint8_t network, std::uint8_t host) {
    return IpAddress::v6({0x20, 0x01, 0x0D, 0xB8, 0, 0, 0, network, 0, 0, 0, 0, 0, 0, 0, host});
  };
  const auto flow = [&](std::uint8_t network, std::uint8_t host) {
    return sip::Flow{.transport = sip::Transport::udp,
                     .remote = {.ip = address(network, host), .port = 5060}};
  };
  auto one = door();
  account::Application application;
  application.id = "7d2c5be5-0b63-4d5e-9b2c-0f7f8a2f1a01";
  const auto locked_out = [&](std::uint8_t network) {
    const auto nonce = one.mint_nonce(application, address(network, 1), {.mono = kStart, .wall = {}});
    const auto request = sip::parse_datagram(
        "INVITE sip:a@b SIP/2.0\r\nVia: SIP/2.0/UDP [2001:db8::1];branch=z9hG4bK-1\r\nFrom: "
        "<sip:a@b>;tag=1\r\n"
        "To: <sip:a@b>\r\nCall-ID: a\r\nCSeq: 1 INVITE\r\nProxy-Authorization: Digest username=\"a\", "
        "realm=\"sip.example.org\", nonce=\"" +
        nonce + "\", uri=\"sip:a@b\", response=\"" + std::string(32, '0') +
        "\"\r\nContent-Length: 0\r\n\r\n");
    EXPECT_TRUE(request.ok());
    return one.check(request.message, application, address(network, 1), {.mono = kStart, .wall = {}})
        .locked_out;
  };
  for (std::uint8_t host = 0; host < 50; ++host) EXPECT_TRUE(one.take_invite(flow(1, host), kStart));
  EXPECT_FALSE(one.take_invite(flow(1, 50), kStart));
  EXPECT_TRUE(one.take_invite(flow(2, 50), kStart));
  for (std::uint8_t host = 0; host < 5; ++host) one.failed(address(1, host), application, host, kStart);
  EXPECT_TRUE(locked_out(1));
  EXPECT_FALSE(locked_out(2));
  EXPECT_TRUE(one.may_note(address(1, 1), true, kStart));
  EXPECT_FALSE(one.may_note(address(1, 2), true, kStart));
}

// Source addresses are forged at will, and the names of applications are no secret.
TEST(Door, RefusalsOfAllSourcesTogetherAreNotedOnlySoOften) {
  auto one = door();
  const auto noted = [&](std::uint32_t first, bool names_application) {
    std::uint32_t all = 0;
    for (std::uint32_t source = first; source < first + 10'000; ++source) {
      all += one.may_note(IpAddress::v4(source), names_application, kStart) ? 1 : 0;
    }
    return all;
  };
  EXPECT_EQ(noted(0, false), Door::kStrayNotesPerSecond);
  EXPECT_EQ(noted(10'000, true), Door::kNotesPerSecond) << "whatever scanners ask for";
  EXPECT_TRUE(one.may_note(IpAddress::v4(1), true, kStart + 1s));
  EXPECT_FALSE(one.may_note(IpAddress::v4(1), true, kStart + 1s)) << "and of one source once a second";
}

// A nonce outlives a restart, the memory of its uses does not.
TEST(Door, NoncesFromBeforeItsStartAreStale) {
  const Now start{.mono = kStart, .wall = WallTime(400'000h)};
  Door one({.realm = "sip.example.org", .nonce_secret = std::string(32, 's'), .opened = start});
  const auto nonce_of = [&](Millis after) {
    return one.mint_nonce({}, IpAddress::v4(1), {.mono = kStart + after, .wall = start.wall + after});
  };
  const Now soon{.mono = kStart + 5s, .wall = start.wall + 5s};
  EXPECT_FALSE(one.knows_uses_of(nonce_of(-5s), soon));
  EXPECT_TRUE(one.knows_uses_of(nonce_of(1s), soon));
}

TEST(Door, AJumpOfTheWallClockAgesNoNonce) {
  const Now start{.mono = kStart, .wall = WallTime(400'000h)};
  Door one({.realm = "sip.example.org", .nonce_secret = std::string(32, 's'), .opened = start});
  const Now jumped{.mono = kStart + 5s, .wall = start.wall - 24h};
  EXPECT_TRUE(one.knows_uses_of(one.mint_nonce({}, IpAddress::v4(1), jumped), jumped));
}

// An INVITE from 192.0.2.1 with the right password, but for what a row changes.
class DoorProof : public ::testing::Test {
 protected:
  static constexpr std::string_view kRealm = "sip.example.org";
  static constexpr std::string_view kUri = "sip:1b0a2f39-83f0-4a27-a84f-2c7e1f0a6f55@sip.example.org";

  struct Row {
    std::string realm{kRealm};
    std::string password = "secret";
    std::string username{"1b0a2f39-83f0-4a27-a84f-2c7e1f0a6f55"};
    std::string digest_uri{kUri};
    std::string algorithm = "SHA-256";
    std::uint32_t nc = 1;
    std::string nonce;  // empty: one that was given to this source for this application
  };

  static account::Application application_of(std::string id) {
    account::Application made;
    made.id = std::move(id);
    made.sip_user = "1b0a2f39-83f0-4a27-a84f-2c7e1f0a6f55";
    made.digest.realm = kRealm;
    made.digest.ha1_md5 = sip::make_ha1(HashAlgorithm::md5, made.sip_user, kRealm, "secret");
    made.digest.ha1_sha256 = sip::make_ha1(HashAlgorithm::sha256, made.sip_user, kRealm, "secret");
    return made;
  }

  static sip::Message invite(const std::string& credentials) {
    std::string text = "INVITE " + std::string(kUri) +
                       " SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK-1\r\n"
                       "From: <sip:ann@example.net>;tag=1\r\nTo: <" +
                       std::string(kUri) + ">\r\nCall-ID: a\r\nCSeq: 1 INVITE\r\n";
    if (!credentials.empty()) text += "Proxy-Authorization: " + credentials + "\r\n";
    auto message = sip::parse_datagram(text + "Content-Length: 0\r\n\r\n");
    EXPECT_TRUE(message.ok());
    return std::move(message.message);
  }

  static std::string credentials(const Row& row) {
    const auto text = "Digest realm=\"" + row.realm + "\", nonce=\"" + row.nonce +
                      "\", algorithm=" + row.algorithm + ", qop=\"auth\"";
    const auto challenge = sip::parse_challenge(text);
    EXPECT_TRUE(challenge.has_value());
    return sip::answer_challenge(
        *challenge, {.username = row.username, .password = row.password},
        {.method = "INVITE", .uri = row.digest_uri, .nc = row.nc, .cnonce = "0a4f113b"});
  }

  Door::Proof check(Row row) {
    if (row.nonce.empty()) row.nonce = one.mint_nonce(application, kSource, kNow);
    return one.check(invite(credentials(row)), application, kSource, kNow);
  }

  // The same, later.
  Door::Proof check_at(Millis after, const Row& row) {
    const Now now{.mono = kNow.mono + after, .wall = kNow.wall + after};
    return one.check(invite(credentials(row)), application, kSource, now);
  }

  static constexpr Now kNow{.mono = TimePoint(1h), .wall = WallTime(400'000h)};
  const IpAddress kSource = IpAddress::v4(0xC0000201);
  const account::Application application = application_of("7d2c5be5-0b63-4d5e-9b2c-0f7f8a2f1a01");
  Door one{{.realm = std::string(kRealm),
            .nonce_secret = std::string(32, 's'),
            .digest_algorithms = {HashAlgorithm::sha256},
            .opened = {.mono = kNow.mono - 1s, .wall = kNow.wall - 1s}}};
};

using admission::Credentials;

TEST_F(DoorProof, OfTheRightPasswordIsTakenOnce) {
  const Row row{.nonce = one.mint_nonce(application, kSource, kNow)};
  const auto first = check(row);
  EXPECT_EQ(first.credentials, Credentials::right);
  EXPECT_TRUE(first.nonce_was_given);
  EXPECT_EQ(check(row).credentials, Credentials::replayed) << "the same nonce count again";
  EXPECT_EQ(check({.nc = 2, .nonce = row.nonce}).credentials, Credentials::right);
}

TEST_F(DoorProof, FailsWhereAnyPartOfTheHashIsNotOursAndSaysWhich) {
  const auto wrong = [&](const Row& row) {
    const auto proof = check(row);
    EXPECT_EQ(proof.credentials, Credentials::wrong) << proof.why;
    return proof.why;
  };
  EXPECT_EQ(wrong({.password = "guess"}), "another password");
  EXPECT_EQ(wrong({.username = "ann"}), "another user name than the application's");
  EXPECT_EQ(wrong({.algorithm = "MD5"}), "its algorithm was not offered");
  EXPECT_EQ(wrong({.digest_uri = "*"}), "the uri in the credentials is not the Request-URI");
  auto moved = application;
  moved.digest.realm = "old.example.org";
  const Row row{.nonce = one.mint_nonce(moved, kSource, kNow)};
  EXPECT_EQ(one.check(invite(credentials(row)), moved, kSource, kNow).why, admission::kOtherRealmsPassword);
  EXPECT_EQ(check({.realm = "example.net"}).credentials, Credentials::other_realm);
  EXPECT_EQ(one.check(invite({}), application, kSource, kNow).credentials, Credentials::absent);
  EXPECT_EQ(one.check(invite("Digest nonce=\"x"), application, kSource, kNow).credentials,
            Credentials::malformed);
}

// The hash is right for the uri that it names, and that is not what the INVITE asks for.
TEST_F(DoorProof, FailsForAnotherUriThanIsAskedFor) {
  for (const auto* const uri : {"sip:1b0a2f39-83f0-4a27-a84f-2c7e1f0a6f55@other.example.org",
                                "sip:2b0a2f39-83f0-4a27-a84f-2c7e1f0a6f55@sip.example.org",
                                "sips:1b0a2f39-83f0-4a27-a84f-2c7e1f0a6f55@sip.example.org", "*", "/"}) {
    const auto proof = check({.digest_uri = uri});
    EXPECT_EQ(proof.credentials, Credentials::wrong) << uri;
    EXPECT_TRUE(proof.nonce_was_given) << uri;
  }
}

TEST_F(DoorProof, FailsByANonceThatWasGivenToSomebodyElse) {
  const auto elsewhere = one.mint_nonce(application, IpAddress::v4(0xC0000202), kNow);
  const auto other = one.mint_nonce(application_of("8d2c5be5-0b63-4d5e-9b2c-0f7f8a2f1a02"), kSource, kNow);
  const auto made_up = std::string(52, 'a');
  for (const auto& nonce : {elsewhere, other, made_up}) {
    const auto proof = check({.nonce = nonce});
    EXPECT_EQ(proof.credentials, Credentials::wrong) << "and nobody learns that his guess was right";
    EXPECT_FALSE(proof.nonce_was_given);
    EXPECT_EQ(check({.password = "guess", .nonce = nonce}).credentials, Credentials::wrong);
  }
}

// Who saw a nonce go to an address may forge that address for ever after.
TEST_F(DoorProof, ByANonceOfLongAgoIsNotLookedAt) {
  const auto nonce = one.mint_nonce(application, kSource, kNow);
  EXPECT_TRUE(check_at(120s, {.password = "guess", .nonce = nonce}).nonce_was_given);
  for (const auto* const password : {"secret", "guess"}) {
    const auto proof = check_at(121s, {.password = password, .nonce = nonce});
    EXPECT_EQ(proof.credentials, Credentials::stale) << password;
    EXPECT_FALSE(proof.nonce_was_given) << password;
  }
}

TEST_F(DoorProof, IsNotLookedAtWhileItsSourceIsLockedOut) {
  const Row row{.nonce = one.mint_nonce(application, kSource, kNow)};
  for (std::uint64_t guess = 1; guess <= 5; ++guess) one.failed(kSource, application, guess, kNow.mono);
  const auto proof = check(row);
  EXPECT_TRUE(proof.locked_out);
  EXPECT_EQ(proof.credentials, Credentials::wrong) << "although it is right";
  EXPECT_EQ(check_at(60s, row).credentials, Credentials::right) << "and its nonce was not used up";
}

// Else a guesser would search at home for guesses that look like copies of one, and none but the first
// counts.
TEST_F(DoorProof, NamesAGuessByASecretOfItsDoor) {
  const Row row{.password = "guess", .nonce = one.mint_nonce(application, kSource, kNow)};
  const auto guess = check(row).guess;
  EXPECT_EQ(check(row).guess, guess) << "a copy";
  EXPECT_NE(check({.password = "other", .nonce = row.nonce}).guess, guess);
  EXPECT_NE(check({.password = "guess", .nc = 2, .nonce = row.nonce}).guess, guess);
  Door twin({.realm = std::string(kRealm),
             .nonce_secret = std::string(32, 's'),
             .digest_algorithms = {HashAlgorithm::sha256},
             .opened = {.mono = kNow.mono - 1s, .wall = kNow.wall - 1s}});
  EXPECT_NE(twin.check(invite(credentials(row)), application, kSource, kNow).guess, guess);
}

// Without qop the response signs no cnonce (RFC 2069): whoever reads it could add one of his own, a new one
// each time.
TEST_F(DoorProof, WithoutQopIsTakenOnceWhateverCnonceIsAdded) {
  Door old({.realm = std::string(kRealm),
            .nonce_secret = std::string(32, 's'),
            .digest_algorithms = {HashAlgorithm::md5},
            .opened = {.mono = kNow.mono - 1s, .wall = kNow.wall - 1s}});
  const auto challenge = "Digest realm=\"" + std::string(kRealm) + "\", nonce=\"" +
                         old.mint_nonce(application, kSource, kNow) + "\", algorithm=MD5";
  const auto answer = sip::answer_challenge(
      *sip::parse_challenge(challenge), {.username = application.sip_user, .password = "secret"},
      {.method = "INVITE", .uri = std::string(kUri), .nc = 1, .cnonce = "x"});
  ASSERT_EQ(answer.find("cnonce"), std::string::npos);
  const auto proof = [&](const std::string& added) {
    return old.check(invite(answer + added), application, kSource, kNow).credentials;
  };
  EXPECT_EQ(proof(", cnonce=\"a\""), Credentials::right);
  EXPECT_EQ(proof(", cnonce=\"b\""), Credentials::replayed);
  EXPECT_EQ(proof(", cnonce=\"b\", nc=00000002"), Credentials::replayed);
}

// Uses of nonces are remembered for all applications together: one that uses more than fits makes the oldest
// stale, and shuts nobody out.
TEST_F(DoorProof, IsTakenHoweverManyNoncesOthersUse) {
  Door small({.realm = std::string(kRealm),
              .nonce_secret = std::string(32, 's'),
              .digest_algorithms = {HashAlgorithm::sha256},
              .nonce_uses_max = 8,
              .opened = {.mono = kNow.mono - 1s, .wall = kNow.wall - 1s}});
  const auto at = [](Duration after) {
    return Now{.mono = kNow.mono + after, .wall = kNow.wall + std::chrono::duration_cast<Millis>(after)};
  };
  const auto use = [&](const std::string& nonce, std::uint32_t nc, Duration after) {
    return small.check(invite(credentials({.nc = nc, .nonce = nonce})), application, kSource, at(after))
        .credentials;
  };
  const auto theirs = small.mint_nonce(application, kSource, at(1s));
  for (std::uint32_t nc = 1; nc <= 4; ++nc) EXPECT_EQ(use(theirs, nc, 2s), Credentials::right);
  for (std::uint32_t nc = 5; nc <= 8; ++nc) EXPECT_EQ(use(theirs, nc, 3s), Credentials::right);
  EXPECT_EQ(use(theirs, 1, 4s), Credentials::stale) << "which makes room, and forgets that it was used";
  EXPECT_EQ(use(theirs, 9, 4s), Credentials::stale);
  EXPECT_EQ(use(small.mint_nonce(application, kSource, at(4s)), 1, 4s), Credentials::right);
}

TEST_F(DoorProof, FailsByANonceOfAnEarlierTime) {
  const auto old = one.mint_nonce(application, kSource, {.mono = kNow.mono - 2s, .wall = kNow.wall - 2s});
  EXPECT_EQ(check({.nonce = old}).credentials, Credentials::stale) << "it was made before the door opened";
}

}  // namespace
}  // namespace portico::signaling
