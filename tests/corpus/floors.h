// SPDX-License-Identifier: EUPL-1.2
//
// What a run over sample-scans got right and wrong, held against sample-scans/floors.json. Right
// and wrong are kept apart, because they weigh differently: an unread field is work for a person, a
// wrong one that went out unseen is harm.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace postkamer::corpus {

// One sample scan and its truth.
struct Sample {
  std::string file;   // name without folder
  std::string group;  // typed, handfont, letters, batches, broken
  std::string truth;  // JSON text, see tests/support/truth.h
};

// What `postkamer run` left behind.
struct Run {
  std::vector<std::string> records;  // JSON text of every documents/<id>/record.json
  std::string ledger;                // JSON text
};

struct Count {
  int got = 0;
  int of = 0;
};

// Right: "form" (documents whose form is right, unknown being right for foreign post), "split"
//        (documents with exactly their own pages), "place" (form pages registered within 0.7 mm
//        of the truth at all corners), "field" (values exact), "accepted" (fields that
//        needed nobody), "finding" (mistakes made on purpose that were noticed), "fact" (values
//        found in letters), "rejected" (broken files refused, or given to a person, with the right
//        reason).
// Wrong: "accepted_wrong" (a wrong value, or a mistake, that goes out unseen), "form_wrong" (a form
//        claimed that it is not), "file_lost" (a good file refused), "broken_read" (a broken file
//        that gave a document).
// What a field's probability said, and whether the field was right.
struct Stated {
  double probability = 0.0;
  bool is_right = false;
};

struct Score {
  std::map<std::string, Count> right;
  std::map<std::string, int> wrong;
  std::vector<Stated> stated;  // every field without a mistake made on purpose
};

using Scores = std::map<std::string, Score>;  // by group

Scores scored(const std::vector<Sample>& samples, const Run& run);

struct Verdict {
  std::vector<std::string> failures;  // below a floor, above a ceiling, or not in floors.json
  std::vector<std::string> slack;     // "raise the floor", "lower the ceiling"
};

// Expected calibration error over all groups: the mean distance between stated probability and
// share right in ten bins, weighed by their fields (Naeini et al., 2015). 0 without fields.
double calibration_error(const Scores& scores);

// `floors` is the text of floors.json.
Verdict judged(const Scores& scores, const std::string& floors);

// floors.json that holds exactly these scores.
std::string floors_text(const Scores& scores);

// A table for people: one line a group.
std::string table(const Scores& scores);

// Reads MANIFEST.json and the truth files. Missing files give an empty list.
std::vector<Sample> load_samples(const std::filesystem::path& folder);
Run load_run(const std::filesystem::path& folder);

// The whole text of a file; empty when it cannot be read.
std::string text_of_file(const std::filesystem::path& path);

}  // namespace postkamer::corpus
