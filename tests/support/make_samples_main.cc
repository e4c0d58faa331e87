// SPDX-License-Identifier: EUPL-1.2
//
// make_samples OUT [--seed N] [--forms FOLDER]: writes the sample scans. The same seed, forms and
// fonts give the same bytes.
#include <fmt/format.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <string>

#include "pipeline/forms/load.h"
#include "tests/support/sample_plan.h"

namespace {

namespace fs = std::filesystem;
using namespace postkamer;

struct Arguments {
  fs::path out;
  fs::path forms = fs::path(POSTKAMER_SOURCE_DIR) / "config" / "forms";
  std::uint64_t seed = 20261123;
};

bool read(int count, char** words, Arguments& arguments) {
  for (int i = 1; i < count; ++i) {
    const std::string word = words[i];
    if (word == "--seed" && i + 1 < count) {
      arguments.seed = std::strtoull(words[++i], nullptr, 10);
    } else if (word == "--forms" && i + 1 < count) {
      arguments.forms = words[++i];
    } else if (arguments.out.empty() && !word.starts_with("--")) {
      arguments.out = word;
    } else {
      return false;
    }
  }
  return !arguments.out.empty();
}

// All forms under `folder`, in the order of their paths.
bool load_all(const fs::path& folder, std::vector<forms::Form>& all) {
  std::set<fs::path> paths;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.path().filename() == "form.toml") paths.insert(entry.path());
  }
  for (const fs::path& path : paths) {
    std::ifstream file(path, std::ios::binary);
    const std::string toml{std::istreambuf_iterator<char>(file), {}};
    auto form = forms::load_form(toml, path.string());
    if (!form) {
      for (const auto& mistake : form.error()) fmt::print(stderr, "{}\n", forms::text_of(mistake));
      return false;
    }
    all.push_back(std::move(*form));
  }
  return true;
}

}  // namespace

int main(int count, char** words) {
  Arguments arguments;
  if (!read(count, words, arguments)) {
    fmt::print(stderr, "usage: make_samples OUT [--seed N] [--forms FOLDER]\n");
    return 2;
  }
  std::vector<forms::Form> all;
  if (!load_all(arguments.forms, all)) return 1;
  fs::create_directories(arguments.out);
  support::SampleMaker maker(std::move(all), arguments.out, arguments.seed);
  support::make_singles(maker);
  support::make_batches(maker);
  support::make_broken(maker);
  fmt::print("{} bytes in all\n", maker.finish());
  return 0;
}
