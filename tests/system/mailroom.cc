// SPDX-License-Identifier: EUPL-1.2
#include "tests/system/mailroom.h"

#include <signal.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>
#include <set>

#include <gtest/gtest.h>

namespace postkamer::test {

using namespace std::chrono_literals;

Mailroom::Mailroom(const std::string& name, const std::string& publish, const std::string& more)
    : folder_(fresh_folder(name)) {
  write_text(config(),
             "[system]\n"
             "data = 'data'\n"
             "forms = '" POSTKAMER_SOURCE_DIR
             "/config/forms'\n"
             "[[inbox]]\n"
             "name = 'post'\n"
             "folder = 'inbox'\n"
             "publish = '" +
                 publish +
                 "'\n"
                 "duplicates = 'accept'\n"
                 "stable_ms = 300\n"
                 "poll_ms = 100\n" +
                 more +
                 "[[subscriber]]\n"
                 "name = 'python'\n");
}

void Mailroom::open() {
  process_ = std::make_unique<ChildProcess>(
      std::vector<std::string>{program("postkamer"), "--config", config(), "serve"},
      folder_ / "log");
  const auto is_open = [&] {
    return log().find("the mailroom is open", told_) != std::string::npos;
  };
  wait_until([&] { return is_open() || process_->wait(0s).has_value(); }, 60s);
  ASSERT_TRUE(is_open()) << log();
  told_ = log().size();
}

void Mailroom::kill_supervisor() {
  process_->signal(SIGKILL);
  process_->wait(10s);
  process_.reset();
}

void Mailroom::kill_all() {
  const auto children = children_of(process_->pid());
  process_->signal(SIGKILL);
  for (const pid_t child : children) kill(child, SIGKILL);
  process_->wait(10s);
  process_.reset();
}

Ended Mailroom::ask(std::vector<std::string> arguments) const {
  arguments.insert(arguments.end(), {"--dir", data()});
  return postkamer(arguments);
}

std::string Mailroom::metrics() const {
  const std::string socket = data() / "run" / "metrics.sock";
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::strncpy(address.sun_path, socket.c_str(), sizeof address.sun_path - 1);
  const int fd = ::socket(AF_UNIX, SOCK_STREAM, 0);
  std::string page;
  if (::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) {
    const std::string question =
        "GET /metrics HTTP/1.1\r\nHost: mailroom\r\nConnection: close\r\n\r\n";
    (void)::send(fd, question.data(), question.size(), MSG_NOSIGNAL);
    char part[4096];
    for (ssize_t got; (got = ::recv(fd, part, sizeof part, 0)) > 0;)
      page.append(part, static_cast<std::size_t>(got));
  }
  ::close(fd);
  return page;
}

PythonSubscriber::PythonSubscriber(const Mailroom& mailroom)
    : events_(mailroom.folder() / "python.jsonl"),
      process_({"/usr/bin/python3", POSTKAMER_SOURCE_DIR "/workers/publisher/subscriber.py",
                "ipc://" + (mailroom.data() / "run" / "events.sock").string(), "python"},
               events_) {}

std::map<std::string, int> documents_by_file(const std::vector<nlohmann::json>& events) {
  std::map<std::string, std::set<std::string>> documents;
  for (const auto& event : events)
    if (event.is_object() && event.at("data").contains("pages") &&
        !event.at("data").at("pages").empty())
      documents[event.at("data").at("pages").at(0).at("file")].insert(event.at("subject"));
  std::map<std::string, int> counts;
  for (const auto& [file, ids] : documents) counts[file] = static_cast<int>(ids.size());
  return counts;
}

}  // namespace postkamer::test
