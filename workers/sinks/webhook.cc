// SPDX-License-Identifier: EUPL-1.2
#include "workers/sinks/webhook.h"

#include <curl/curl.h>
#include <sodium.h>
#include <sys/stat.h>

#include <algorithm>
#include <charconv>
#include <utility>

#include <fmt/format.h>

#include "workers/host/files.h"

namespace postkamer::sinks {
namespace {

constexpr std::size_t kAnswerBytes = 64 * 1024;  // more of an answer is not taken in
constexpr long kConnectMs = 5'000;
constexpr int kPerMinute = 60'000;

Moment now() { return std::chrono::floor<Millis>(std::chrono::system_clock::now()); }

tl::unexpected<Error> refused(const std::filesystem::path& file, const char* found) {
  return fail(ErrorCode::invalid_config, "sink_secret",
              "while opening the secret of a sink, " + file.string() + ": " + found);
}

// A secret is a file that only we can read; a line break at its end is not part of it.
Result<Bytes> secret_in(const std::filesystem::path& file) {
  if (file.empty()) return Bytes();
  const auto refuse = [&](const char* found) { return refused(file, found); };
  struct stat facts {};
  if (::stat(file.c_str(), &facts) != 0) return refuse("no such file, or not to be read");
  if ((facts.st_mode & 077) != 0) return refuse("others may read it; chmod 600 mends that");
  auto bytes = host::read_file(file);
  if (!bytes) return refuse("it cannot be read");
  while (!bytes->empty() && (bytes->back() == '\n' || bytes->back() == '\r')) bytes->pop_back();
  if (bytes->empty()) return refuse("it is empty");
  return std::move(*bytes);
}

Result<Bytes> key_in(const std::filesystem::path& file) {
  PK_TRY(secret, secret_in(file));
  if (secret.empty()) return secret;
  auto key = signing_key(text_of(secret));
  if (!key)
    return refused(file,
                   "it is not base64 of 24 bytes or more, as Standard Webhooks wants it; make one "
                   "with `openssl rand -base64 32 > FILE`, and give the receiver the same");
  return std::move(*key);
}

struct CurlList {
  CurlList() = default;
  CurlList(const CurlList&) = delete;
  CurlList& operator=(const CurlList&) = delete;
  ~CurlList() { curl_slist_free_all(list); }
  void add(const std::string& line) { list = curl_slist_append(list, line.c_str()); }
  curl_slist* list = nullptr;
};

std::size_t count_bytes(const char*, std::size_t size, std::size_t count, void* total) {
  auto& seen = *static_cast<std::size_t*>(total);
  seen += size * count;
  return seen > kAnswerBytes ? 0 : size * count;
}

int ask_whether_stopped(void* is_stopped, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  return (*static_cast<const std::function<bool()>*>(is_stopped))() ? 1 : 0;
}

std::string header(CURL* curl, const char* name) {
  curl_header* found = nullptr;
  return curl_easy_header(curl, name, 0, CURLH_HEADER, -1, &found) == CURLHE_OK ? found->value : "";
}

int number_in(const std::string& text) {
  int number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size() && number > 0 ? number : 0;
}

}  // namespace

std::optional<Bytes> signing_key(std::string_view secret) {
  constexpr std::string_view kPrefix = "whsec_";
  constexpr std::size_t kLeast = 24;
  if (secret.starts_with(kPrefix)) secret.remove_prefix(kPrefix.size());
  if (secret.size() < kLeast) return std::nullopt;  // base64 is longer than what it holds
  Bytes key(secret.size());
  std::size_t size = 0;
  if (sodium_base642bin(key.data(), key.size(), secret.data(), secret.size(), "\r\n", &size,
                        nullptr, sodium_base64_VARIANT_ORIGINAL) != 0 ||
      size < kLeast)
    return std::nullopt;
  key.resize(size);
  return key;
}

std::string signature_of(ByteView key, std::string_view id, std::int64_t seconds,
                         std::string_view body) {
  return "v1," + hmac_sha256_base64(key, bytes_of(fmt::format("{}.{}.{}", id, seconds, body)));
}

struct Webhook::Wire {
  Wire() : curl(curl_easy_init()) {}
  Wire(const Wire&) = delete;
  Wire& operator=(const Wire&) = delete;
  ~Wire() { curl_easy_cleanup(curl); }
  CURL* curl;
};

struct Webhook::Answer {
  CURLcode code = CURLE_OK;
  long status = 0;  // 0: nobody answered
  Millis retry_after{0};
  std::string allowed_origin, allowed_rate;
};

Webhook::Webhook(host::SinkSettings settings, std::string origin, Bytes key, std::string token)
    : settings_(std::move(settings)),
      origin_(std::move(origin)),
      key_(std::move(key)),
      token_(std::move(token)),
      wire_(std::make_unique<Wire>()),
      is_allowed_(!settings_.handshake) {}

Webhook::~Webhook() = default;

Result<std::unique_ptr<Webhook>> Webhook::open(const host::SinkSettings& settings,
                                               std::string origin) {
  PK_TRY(key, key_in(settings.secret));
  PK_TRY(token, secret_in(settings.token));
  curl_global_init(CURL_GLOBAL_DEFAULT);
  return std::unique_ptr<Webhook>(
      new Webhook(settings, std::move(origin), std::move(key), std::string(text_of(token))));
}

Webhook::Answer Webhook::ask(const char* method, const std::vector<std::string>& headers,
                             const std::string* body, const std::function<bool()>& is_stopped) {
  CURL* curl = wire_->curl;
  curl_easy_reset(curl);  // the connection stays
  CurlList lines;
  for (const std::string& line : headers) lines.add(line);
  if (!token_.empty()) lines.add("Authorization: Bearer " + token_);
  lines.add("Expect:");  // a body is sent at once
  std::size_t seen = 0;
  curl_easy_setopt(curl, CURLOPT_URL, settings_.url.c_str());
  curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, method);
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, kConnectMs);
  curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, static_cast<long>(settings_.timeout_ms));
  curl_easy_setopt(curl, CURLOPT_USERAGENT, "Postkamer/" POSTKAMER_VERSION);
  curl_easy_setopt(curl, CURLOPT_HTTPHEADER, lines.list);
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, count_bytes);
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, &seen);
  curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
  curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, ask_whether_stopped);
  curl_easy_setopt(curl, CURLOPT_XFERINFODATA, &is_stopped);
  if (!settings_.ca.empty()) curl_easy_setopt(curl, CURLOPT_CAINFO, settings_.ca.c_str());
  if (body != nullptr) {
    curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body->size()));
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body->data());
  }
  Answer answer;
  answer.code = curl_easy_perform(curl);
  // An answer that is longer than we care for is one nevertheless.
  if (answer.code == CURLE_OK || answer.code == CURLE_WRITE_ERROR)
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &answer.status);
  curl_off_t seconds = 0;
  if (curl_easy_getinfo(curl, CURLINFO_RETRY_AFTER, &seconds) == CURLE_OK && seconds > 0)
    answer.retry_after = std::chrono::seconds(seconds);
  answer.allowed_origin = header(curl, "WebHook-Allowed-Origin");
  answer.allowed_rate = header(curl, "WebHook-Allowed-Rate");
  return answer;
}

// "Abuse protection" of the standard, section 4.
Outcome Webhook::shake_hands(const std::function<bool()>& is_stopped) {
  const Answer answer = ask("OPTIONS", {"WebHook-Request-Origin: " + origin_}, nullptr, is_stopped);
  if (answer.code == CURLE_ABORTED_BY_CALLBACK) return {Outcome::Kind::stopped, "", "", {}};
  if (answer.status == 0)
    return {Outcome::Kind::unreachable, "sink_unreachable", curl_easy_strerror(answer.code), {}};
  const bool is_ours = answer.allowed_origin == "*" || answer.allowed_origin == origin_;
  if (answer.status / 100 != 2 || !is_ours)
    return {Outcome::Kind::unreachable, "sink_not_allowed", fmt::format("HTTP {}", answer.status),
            answer.retry_after};
  is_allowed_ = true;
  if (const int rate = number_in(answer.allowed_rate); rate > 0) pace_ = Millis(kPerMinute / rate);
  return {};
}

Outcome Webhook::deliver(const Parcel& parcel, const std::function<bool()>& is_stopped) {
  if (!is_allowed_)
    if (Outcome asked = shake_hands(is_stopped); asked.kind != Outcome::Kind::delivered)
      return asked;
  std::vector<std::string> headers{"Content-Type: " + parcel.content_type,
                                   "webhook-id: " + parcel.id};
  if (!key_.empty()) {
    const auto time = std::chrono::floor<std::chrono::seconds>(now()).time_since_epoch().count();
    headers.push_back(fmt::format("webhook-timestamp: {}", time));
    headers.push_back("webhook-signature: " + signature_of(key_, parcel.id, time, parcel.body));
  }
  const Answer answer = ask("POST", headers, &parcel.body, is_stopped);
  if (answer.code == CURLE_ABORTED_BY_CALLBACK) return {Outcome::Kind::stopped, "", "", {}};
  if (answer.status == 0)
    return {Outcome::Kind::unreachable, "sink_unreachable", curl_easy_strerror(answer.code), {}};
  ready_at_ = now() + pace_;
  const std::string detail = fmt::format("HTTP {}", answer.status);
  switch (answer.status) {
    case 410: return {Outcome::Kind::gone, "sink_gone", detail, {}};
    case 429:
    case 503: return {Outcome::Kind::later, "sink_later", detail, answer.retry_after};
    case 408:
    case 502:
    case 504: return {Outcome::Kind::unreachable, "sink_unreachable", detail, answer.retry_after};
    default:
      if (answer.status / 100 == 2) return {};
      return {Outcome::Kind::refused, "sink_refused", detail, {}};
  }
}

}  // namespace postkamer::sinks
