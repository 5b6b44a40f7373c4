#pragma once
// Every bound on what others can make us hold or do. docs/limits.md is made from this file by
// tools/limits_doc.py: keep one constant a line, with its unit in the name and its reason behind it.

#include <chrono>
#include <cstddef>

namespace portico::limits {

using namespace std::chrono_literals;

// SIP
inline constexpr std::size_t kSipMessageBytesMax = 65'536;   // a larger message is refused with 413
inline constexpr std::size_t kSipStartLineBytesMax = 4'096;  // longer Request-URIs are refused with 414
inline constexpr std::size_t kSipHeadersMax = 256;           // header fields in a message
inline constexpr std::size_t kSipHeaderBytesMax = 16'384;    // one header field, folded lines included
inline constexpr std::size_t kSipViaDepthMax = 70;          // Via values in a request, as Max-Forwards allows
inline constexpr std::size_t kSipUriParamsMax = 64;         // parameters, and headers, of one URI
inline constexpr std::size_t kSipRoutesMax = 32;            // Record-Route values of a call; beyond: 400
inline constexpr std::size_t kSipRouteSetBytesMax = 4'096;  // and their size together
inline constexpr std::size_t kSipHandoverBytesMax =
    16'777'216;  // of messages waiting for the signalling thread that they belong to; beyond: dropped
inline constexpr std::size_t kSipTransactionsMax = 100'000;  // live transactions a worker; beyond: 503
inline constexpr std::size_t kSipKeptAnswerBytesMax =
    2'048;  // answers at once for repetitions of their requests; longer ones within the next bound
inline constexpr std::size_t kSipLongAnswersBytesMax =
    16'777'216;  // longer ones that a worker keeps, together; beyond: made anew for each repetition
inline constexpr std::size_t kSipPendingInvitesMax = 10'000;  // unanswered INVITEs a worker; beyond: 503
inline constexpr std::size_t kSipCallsMax = 20'000;           // calls a worker; beyond: 503
inline constexpr std::size_t kSipSessionsMax =
    40'000;                                     // INVITE sessions a worker, both legs of a call counted
inline constexpr std::size_t kSipForksMax = 8;  // early dialogs of one INVITE of ours
inline constexpr std::size_t kSipDialogRequestsMax = 8;  // unanswered requests in one dialog, each direction
inline constexpr std::size_t kSipDialogRequestsPerSecondMax = 50;  // of a peer in one dialog; beyond: 503
inline constexpr std::size_t kSipReliableQueueMax = 8;    // reliable provisional answers waiting for PRACK
inline constexpr std::size_t kSipGlareRetriesMax = 5;     // 491 in a row before an offer of ours is given up
inline constexpr std::size_t kTcpConnectionsMax = 8'192;  // SIP connections of one node, TLS included
inline constexpr std::size_t kTcpConnectionsPerSourceMax = 256;  // from one address; IPv6: from one /64
inline constexpr std::size_t kTcpSendQueueBytesMax = 1'048'576;  // unsent bytes before a connection is closed
inline constexpr std::size_t kTcpUnreadBytesMax = 16'384;  // unsent, with no call: it is read no further
inline constexpr auto kTlsHandshakeMax = 10s;              // a handshake that takes longer is closed
inline constexpr auto kTcpFirstByteMax = 30s;              // a connection that says nothing is closed
inline constexpr auto kTcpMessageMax = 30s;                // from a message's first byte to its last
inline constexpr auto kTcpIdleMax = 900s;                  // a silent connection with no call is closed

// Network
inline constexpr std::size_t kUdpBatch = 64;                 // datagrams taken or given in one system call
inline constexpr std::size_t kUdpDatagramBytesMax = 65'535;  // the largest UDP can carry
inline constexpr std::size_t kUdpSendQueueMax = 4'096;  // datagrams waiting for a socket; beyond: dropped
inline constexpr auto kTcpConnectMax = 5s;              // a dialled connection that takes longer fails
inline constexpr auto kDnsTimeout = 2s;                 // one try of one DNS question
inline constexpr std::size_t kDnsCacheMax = 10'000;     // answers remembered
inline constexpr std::size_t kDnsCacheBytesMax = 16'777'216;  // their bytes together
inline constexpr std::size_t kDnsAnswerBytesMax = 16'384;     // a larger answer is not remembered
inline constexpr std::size_t kDnsNameBytesMax = 1'024;  // in an answer, four for an octet; beyond: malformed
inline constexpr std::size_t kDnsPendingMax = 5'000;    // questions under way; beyond: busy
inline constexpr std::size_t kDnsRecordsMax = 64;       // records taken from one answer
inline constexpr auto kDnsTtlMax = 3600s;               // an answer is not believed for longer
inline constexpr auto kDnsNegativeTtl = 10s;            // "no such name" is remembered this long

// Admission
inline constexpr std::size_t kSourceBudgetsMax = 65'536;  // addresses whose INVITE rate is remembered
inline constexpr std::size_t kAuthFailuresMax = 65'536;   // (source, application) pairs remembered
inline constexpr std::size_t kNonceReplaysMax =
    262'144;                             // (nonce, nc) pairs remembered within a nonce's life
inline constexpr auto kNonceLife = 60s;  // voice-applications.md 5.3
inline constexpr std::size_t kAdmissionLogRowsMax = 1'000;  // decisions kept for each application

// SDP and media
inline constexpr std::size_t kSdpBytesMax = 16'384;      // a session description
inline constexpr std::size_t kSdpMediaMax = 16;          // m-lines
inline constexpr std::size_t kSdpFormatsMax = 64;        // formats on one m-line
inline constexpr std::size_t kSdpTokenBytesMax = 64;     // one field of an m-line: refused lines are echoed
inline constexpr std::size_t kSdpAttributesMax = 1'024;  // a-lines in one description
inline constexpr std::size_t kRtcpPacketsMax = 32;       // RTCP packets in one compound
inline constexpr std::size_t kRtcpReportsMax = 64;       // report blocks taken from one compound
inline constexpr std::size_t kSrtpSourcesMax = 32;       // SSRCs of one leg whose replay windows are kept
inline constexpr std::size_t kMediaCommandsMax =
    65'536;  // waiting for a media thread; beyond: dropped but for Close
inline constexpr std::size_t kIdleSocketPairsMax =
    256;                                 // RTP socket pairs kept open without a leg, a media thread
inline constexpr auto kMediaTick = 5ms;  // how often a media thread looks which ports have their turn
inline constexpr auto kFormerSourceLife =
    500ms;  // a source that is of no leg any more, or of none yet, is told from others for this long
inline constexpr std::size_t kFormerSourcesMax = 64;  // and so many of them a socket
inline constexpr std::size_t kSoundCacheBytesMax =
    268'435'456;  // decoded prompts kept in memory (256 MB); half of it held by calls of one account
inline constexpr std::size_t kRecordingQueueBytesMax =
    67'108'864;                                        // samples waiting for the disk; beyond: it is partial
inline constexpr std::size_t kMediaPortsMax = 20'000;  // media ports of a media thread
inline constexpr auto kJitterBufferMax = 400ms;        // audio held for reordering
inline constexpr auto kMediaSilenceMax = 60s;          // no RTP and no RTCP: voice-applications.md 5.4
inline constexpr std::size_t kPlaySoundsMax = 64;   // sounds in one play: repeatCount x children and breaks
inline constexpr std::size_t kPlaysQueuedMax = 16;  // plays of one port, the playing one included
inline constexpr std::size_t kRecordingsPerPortMax = 4;      // at the same time
inline constexpr std::size_t kRecordingsUnfinishedMax = 64;  // of one call, running or not stored yet
inline constexpr std::size_t kSendDigitsMax = 50;            // characters of one SendDtmf (bxml.md)
inline constexpr std::size_t kSendDigitsQueuedMax = 8;       // SendDtmf waiting on one port
inline constexpr std::size_t kDigitsPerSecondMax =
    20;  // key presses taken from one party; no thumb is faster
inline constexpr std::size_t kEncodedSoundBytesMax =
    67'108'864;  // encoded sounds of a media thread; beyond: the last seconds of what plays
inline constexpr std::size_t kPromptBytesMax = 262'144'000;  // an audio file fetched for PlayAudio (250 MB)
inline constexpr auto kPromptLengthMax = 3600s;              // and its playing time
inline constexpr std::size_t kPromptFetchesMax =
    1'024;  // sounds being fetched or decoded at a time; half of one account
inline constexpr std::size_t kPromptStagingBytesMax =
    4'294'967'296;  // files being fetched, all together; half of one account
inline constexpr std::size_t kPromptCacheMax = 8'192;  // fetched sounds whose freshness is remembered
inline constexpr std::size_t kSpeechProcessesMax = 4;  // speech engines running at a time
inline constexpr std::size_t kSpeechPendingMax =
    1'024;  // utterances waiting for one, half of one account; beyond: busy
inline constexpr std::size_t kSpeechBytesMax = 67'108'864;  // sound of one utterance, as the engine writes it
inline constexpr auto kSpeechEngineMax = 20s;               // an engine that takes longer is killed
inline constexpr std::size_t kSpeechCacheMax = 8'192;       // utterances remembered in memory
inline constexpr std::size_t kSpeechDiskBytesMax = 1'073'741'824;  // sound of utterances kept on disk

// Applications and their backends
inline constexpr std::size_t kBxmlBytesMax = 65'536;  // a document (bxml.md section 1)
inline constexpr std::size_t kBxmlVerbsMax = 1'000;   // in a document, nested ones counted
inline constexpr std::size_t kInlineDocumentsBytesMax =
    16'777'216;                                       // parsed ones kept by a signalling thread
inline constexpr std::size_t kCallQuestionsMax = 16;  // of one call, unanswered; beyond: no change by the API
inline constexpr std::size_t kBxmlDepthMax = 16;      // element nesting, SSML included
inline constexpr std::size_t kBxmlFaultsMax = 256;    // faults or warnings told of one document
inline constexpr std::size_t kHttpRequestBytesMax = 1'048'576;    // body of a request to our APIs
inline constexpr std::size_t kHttpHeaderBytesMax = 16'384;        // header block of a request to our APIs
inline constexpr std::size_t kHttpUnprovenBodyBytesMax = 16'384;  // where no proof is asked for
inline constexpr std::size_t kHttpConnectionsMax = 2'048;         // connections to our APIs
inline constexpr std::size_t kHttpConnectionsPerSourceMax = 512;  // from one address; IPv6: from one /64
inline constexpr std::size_t kHttpBodiesBytesMax =
    268'435'456;                                  // asked or answered, of all requests under way
inline constexpr auto kHttpHeaderMax = 10s;       // from a request's first byte to the end of its headers
inline constexpr auto kHttpBodyMax = 30s;         // and to the end of its body
inline constexpr auto kHttpIdleMax = 75s;         // a connection to our APIs between two requests
inline constexpr auto kHttpWriteMax = 30s;        // an answer that its reader takes no byte of
inline constexpr std::size_t kJsonDepthMax = 32;  // nesting of a JSON body
inline constexpr std::size_t kHttpClientConnectionsMax = 8'192;   // to all backends together
inline constexpr std::size_t kHttpClientHeaderBytesMax = 65'536;  // header block of a backend's answer
inline constexpr std::size_t kWebhookReplyBytesMax =
    65'536;  // body of a webhook's answer (webhooks.md section 3)
inline constexpr std::size_t kWebhooksPendingMax =
    20'000;  // webhooks under way; beyond: the call gets an error
inline constexpr std::size_t kWebhookDeliveriesMax = 8'192;       // asynchronous webhooks under way
inline constexpr std::size_t kWebhookConnectionsPerHostMax = 64;  // requests at a time to one backend
inline constexpr std::size_t kUrlBytesMax = 2'048;                // bxml.md section 3
inline constexpr std::size_t kTagCharactersMax = 4'096;           // bxml.md section 3
inline constexpr std::size_t kSipHeadersToAppMax = 64;            // X-* headers in `initiate`
inline constexpr std::size_t kSipHeadersToAppBytesMax = 8'192;    // and their size together
inline constexpr std::size_t kRedirectChainMax = 100;  // documents of nothing but Redirect in a minute
inline constexpr std::size_t kInboxEventsMax = 1'024;  // events waiting for one call
inline constexpr std::size_t kInboxEndsMax = 16;       // and places beyond for what ends it

// Accounts, applications and the store
inline constexpr std::size_t kWebhookPageBytesMax = 4'194'304;      // bodies in one page of the webhook log
inline constexpr std::size_t kApplicationsPerAccountMax = 10'000;   // voice applications
inline constexpr std::size_t kDeletedApplicationsMax = 10'000;      // ids that are kept closed in memory
inline constexpr std::size_t kApplicationPageBytesMax = 4'194'304;  // documents in one page of their list
inline constexpr std::size_t kCallPageBytesMax = 4'194'304;  // texts of the calls in one page of their list
inline constexpr std::size_t kFaultsMax = 100;               // named in one answer to a bad request
inline constexpr std::size_t kAllowedSourcesMax = 25;  // blocks in allowedSourceIps (voice-applications.md 3)
inline constexpr std::size_t kApplicationNameCharactersMax = 256;  // applicationName
inline constexpr std::size_t kCredentialCharactersMax = 1'024;     // user name or password of a webhook
inline constexpr std::size_t kTokensPerClientMax = 1'000;       // live bearer tokens; the oldest goes first
inline constexpr std::size_t kWebhookLogBodyBytesMax = 65'536;  // kept of a request or reply body
inline constexpr std::size_t kWebhookLogRowsMax = 10'000;       // exchanges kept for each account
inline constexpr std::size_t kOutboxItemsMax =
    200'000;  // asynchronous webhooks waiting; beyond: dropped, counted
inline constexpr std::size_t kWriteBehindMax =
    65'536;  // writes waiting for the store, a quarter more for ends; beyond: refused, counted
inline constexpr std::size_t kWriteBehindLogBytesMax =
    67'108'864;  // text of the log rows among them; beyond: refused, counted
inline constexpr std::size_t kWriteBehindBatchMax = 512;  // writes of one commit

}  // namespace portico::limits
