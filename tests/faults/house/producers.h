// SPDX-License-Identifier: EUPL-1.2
//
// Producers that keep a broker busy: each has some files underway, remembers which were
// acknowledged, and gives the others again when the broker was away.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include <zmq.hpp>

#include "workers/journal/blob_store.h"
#include "workers/wire/message.h"

namespace postkamer::faults {

class Producers {
 public:
  // `contents`: what is in their files, in turn.
  Producers(const std::string& endpoint, const journal::BlobStore& blobs, std::string batch,
            const std::vector<std::string>& contents, int producers = 4, int underway = 16);

  // Gives new files and hears answers until `is_over`.
  void work(const std::function<bool()>& is_over);
  // The same, only so many that the workers come after and get at every kind of job.
  void work_slowly(const std::function<bool()>& is_over);
  // The same without new files: what was refused is given again.
  void wait(const std::function<bool()>& is_over);
  // Gives again what was not acknowledged; and hears answers until all is, or a minute is over.
  bool settle();
  // The broker was away: what is underway will get no answer.
  void lost_touch();

  [[nodiscard]] const std::set<std::string>& acknowledged() const { return acknowledged_; }
  [[nodiscard]] std::size_t given() const { return given_; }
  // Answers that said no, by their reason.
  [[nodiscard]] const std::vector<std::string>& refusals() const { return refusals_; }

 private:
  struct Producer {
    explicit Producer(zmq::context_t& context) : socket(context, zmq::socket_type::dealer) {}
    zmq::socket_t socket;
    std::set<int> underway;
  };
  void give(Producer& producer, int file);
  void fill(Producer& producer, bool gives_new);
  void hear(Producer& producer);
  void turn(bool gives_new);
  [[nodiscard]] std::string key_of(int file) const;

  zmq::context_t context_{1};
  std::string batch_;
  std::vector<std::string> names_;  // of the blobs
  std::vector<std::unique_ptr<Producer>> producers_;
  std::size_t most_;
  std::size_t given_ = 0;
  std::vector<int> again_;
  std::set<std::string> acknowledged_;
  std::vector<std::string> refusals_;
};

}  // namespace postkamer::faults
