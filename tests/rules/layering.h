// SPDX-License-Identifier: EUPL-1.2
//
// Who may include whom, and which library lives where. The one place where the house's laws are
// written down; layering_test.cc holds the tree to it.
#pragma once

#include <array>
#include <string_view>

namespace postkamer::rules {

// Files in `folder` may include our own headers whose path starts with `header`. Every folder may
// include itself. Data flows down this list, includes point up it.
struct Edge {
  std::string_view folder;
  std::string_view header;
  std::string_view why;
};

inline constexpr std::array kEdges{
    // The ground floor is for everybody above it.
    Edge{"pipeline/model", "pipeline/base/", ""},
    Edge{"pipeline/", "pipeline/base/", ""},
    Edge{"pipeline/", "pipeline/model/", ""},
    Edge{"pipeline/", "pipeline/forms/form.h", "a form is a value; making one is a stage"},
    Edge{"pipeline/review/", "pipeline/validate/", "what a person types is checked at once"},
    Edge{"classifiers/", "pipeline/base/", ""},
    Edge{"classifiers/", "pipeline/model/", ""},
    Edge{"classifiers/", "pipeline/forms/form.h", ""},
    Edge{"classifiers/", "pipeline/classify/", "the interfaces they implement"},
    Edge{"classifiers/", "pipeline/extract/", "the interfaces they implement"},
    Edge{"workers/", "pipeline/", ""},
    Edge{"workers/", "classifiers/", ""},
    Edge{"workers/", "workers/", ""},
};

// A third-party header (by the start of its path) and the folders that may include it. What is not
// listed here may not be included at all.
struct Home {
  std::string_view header;
  std::string_view folder;
};

inline constexpr std::array kHomes{
    // Decoding of pictures and PDF: where hostile bytes are.
    Home{"tiffio.h", "pipeline/intake/"}, Home{"jpeglib.h", "pipeline/intake/"},
    Home{"jerror.h", "pipeline/intake/"}, Home{"png.h", "pipeline/intake/"},
    Home{"libdeflate.h", "pipeline/intake/"}, Home{"zstd.h", "pipeline/intake/"},
    Home{"ZXing/", "pipeline/intake/"}, Home{"qpdf/", "pipeline/intake/"},
    Home{"qpdf/", "pipeline/archive/"}, Home{"leptonica/", "pipeline/intake/"},
    Home{"leptonica/", "pipeline/deskew/"}, Home{"leptonica/", "pipeline/ocr/"},
    Home{"tesseract/", "pipeline/ocr/"},
    // Pixels.
    Home{"opencv2/core", "pipeline/model/"}, Home{"opencv2/", "pipeline/intake/"},
    Home{"opencv2/", "pipeline/deskew/"}, Home{"opencv2/", "pipeline/ocr/"},
    Home{"opencv2/", "pipeline/extract/"}, Home{"opencv2/", "pipeline/forms/"},
    Home{"opencv2/", "classifiers/"}, Home{"opencv2/core", "workers/"},
    Home{"opencv2/imgproc.hpp", "workers/postkamer/"},  // the overlay of `form test`
    // Forms: their definition and their print.
    Home{"ZXing/MultiFormatWriter.h", "pipeline/forms/"},
    Home{"ZXing/BitMatrix.h", "pipeline/forms/"}, Home{"ZXing/BarcodeFormat.h", "pipeline/forms/"},
    Home{"cairo", "pipeline/forms/"}, Home{"pango/", "pipeline/forms/"},
    Home{"toml++/", "pipeline/forms/"}, Home{"valijson/", "pipeline/forms/"},
    Home{"toml++/", "workers/host/"},
    // Values.
    Home{"tl/expected.hpp", ""},  // Result
    Home{"sodium.h", "pipeline/base/"}, Home{"openssl/", "pipeline/base/"},
    Home{"re2/", "pipeline/validate/"}, Home{"re2/", "pipeline/forms/"},
    Home{"nlohmann/", "pipeline/forms/"}, Home{"nlohmann/", "pipeline/publish/"},
    Home{"nlohmann/", "classifiers/"}, Home{"nlohmann/", "workers/"}, Home{"fmt/", ""},
    // Processes.
    Home{"zmq", "workers/host/"}, Home{"zmq", "workers/broker/"}, Home{"zmq", "workers/publisher/"},
    Home{"boost/", "workers/metrics/"}, Home{"prometheus/", "workers/metrics/"},
    Home{"zmq", "workers/gate/"}, Home{"curl/", "workers/sinks/"},
    Home{"SQLiteCpp/", "workers/journal/"}, Home{"sqlite3.h", "workers/journal/"},
    Home{"sodium.h", "workers/"}, Home{"CLI/", "workers/"}, Home{"spdlog/", "workers/"},
    Home{"omp.h", "workers/host/"}, Home{"malloc.h", "workers/host/"},
    // The operating system.
    Home{"dirent.h", "workers/"}, Home{"fcntl.h", "workers/"}, Home{"poll.h", "workers/"},
    Home{"signal.h", "workers/"}, Home{"spawn.h", "workers/"}, Home{"sys/", "workers/"},
    Home{"arpa/inet.h", "workers/"}, Home{"linux/", "workers/host/"},
    Home{"seccomp.h", "workers/host/"}, Home{"unistd.h", "workers/"},
    Home{"unistd.h", "pipeline/ocr/"},  // Tesseract opens its language data by path; is it there?
};

// Standard headers that have no place in pipeline/ and classifiers/: files, clocks, threads, global
// state, randomness. Programs (*_main.cc) read and write files of course.
inline constexpr std::array<std::string_view, 15> kImpure{
    "atomic",       "condition_variable", "csignal", "ctime", "filesystem", "fstream",
    "future",       "iostream",           "locale",  "mutex", "random",     "regex",
    "shared_mutex", "stop_token",         "thread"};

}  // namespace postkamer::rules
