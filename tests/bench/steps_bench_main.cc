// SPDX-License-Identifier: EUPL-1.2
//
// CPU of every step on one page, black and white and gray, and what all of them but OCR cost
// against OCR:
//   bench_steps [SAMPLES] [Google Benchmark's options]
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>

#include "pipeline/archive/document_pdf.h"
#include "pipeline/classify/classify.h"
#include "pipeline/deskew/deskew.h"
#include "pipeline/extract/registration_blank.h"
#include "pipeline/intake/decode.h"
#include "pipeline/intake/embed.h"
#include "pipeline/intake/inspect.h"
#include "pipeline/ocr/recognise.h"
#include "workers/classify/form_classifier.h"
#include "workers/extract/assemble.h"
#include "workers/extract/page_reader.h"
#include "workers/host/files.h"
#include "workers/host/form_catalogue.h"
#include "workers/host/page_process.h"
#include "workers/host/settings.h"
#include "workers/host/worker.h"
#include "workers/journal/blob_store.h"
#include "workers/journal/sqlite_journal.h"
#include "workers/wire/message.h"
#include "workers/wire/model_json.h"

namespace {

using namespace postkamer;  // NOLINT: a program, not a header
namespace fs = std::filesystem;

constexpr const char* kOcr = "OCR of the full page";
constexpr const char* kRegister = "register";
constexpr const char* kZones = "register and read the zones";
constexpr int kJobs = 7;  // of a one-page document, each committed and sent both ways

// What is loaded once in a mailroom.
struct Loaded {
  host::Settings settings;
  host::FormCatalogue catalogue;
  std::unique_ptr<classify::FormClassifier> classifier;
  std::unique_ptr<workers::PageReader> reader;
  std::unique_ptr<ocr::Engine> engine;
  archive::ArchiveResources resources;
};

// A page with what every step before the one measured makes of it.
struct StepPage {
  std::string name;
  Bytes file;
  GrayImage pixels;
  DecodedPage decoded;
  UprightPage upright;
  Picture upright_picture;
  Classification classification;
  extract::PreparedBlank prepared;
  workers::PageReading reading;
  RecognisedPage recognised;
};

Result<std::unique_ptr<Loaded>> load() {
  auto loaded = std::make_unique<Loaded>();
  PK_TRY(settings, host::load_settings(host::default_settings_file()));
  loaded->settings = std::move(settings);
  PK_TRY(catalogue,
         host::FormCatalogue::load(loaded->settings.forms, host::FormCatalogue::Blanks::yes));
  loaded->catalogue = std::move(catalogue);
  PK_TRY(classifier, workers::make_form_classifier(loaded->catalogue));
  loaded->classifier = std::move(classifier);
  PK_TRY(reader, workers::PageReader::load(loaded->settings));
  loaded->reader = std::move(reader);
  PK_TRY(engine, ocr::Engine::create({loaded->settings.ocr_languages, ""}));
  loaded->engine = std::move(engine);
  PK_TRY(font, host::read_file("/usr/share/tesseract-ocr/5/tessdata/pdf.ttf"));
  PK_TRY(profile, host::read_file("/usr/share/color/icc/sRGB.icc"));
  loaded->resources = {std::move(font), std::move(profile)};
  return loaded;
}

Result<Picture> decode_first(ByteView file, const Limits& limits) {
  PK_TRY(scan, intake::decode_scan(file, {0, 1}, limits, nullptr));
  return std::move(scan.pages.at(0));
}

Classification classified(const Loaded& loaded, const StepPage& page) {
  return classify::decide(loaded.classifier->score({&page.upright, &page.decoded.codes, nullptr}),
                          {});
}

Result<workers::PageReading> read(const Loaded& loaded, const StepPage& page) {
  return loaded.reader->read(page.pixels, page.upright, page.decoded.codes,
                             *page.classification.form, loaded.catalogue);
}

Result<StepPage> prepare(Loaded& loaded, const std::string& name, const fs::path& path) {
  StepPage page;
  page.name = name;
  const Limits& limits = loaded.settings.limits;
  PK_TRY(file, host::read_file(path));
  page.file = std::move(file);
  PK_TRY(picture, decode_first(page.file, limits));
  PK_TRY(pixels, intake::open_picture(picture, limits));
  page.pixels = std::move(pixels);
  page.decoded = intake::inspect(page.pixels, std::move(picture), 0, {});
  PK_TRY(upright, deskew::deskew(page.pixels, {}));
  page.upright = std::move(upright);
  PK_TRY(upright_picture, intake::encode_bilevel(page.upright.upright));
  page.upright_picture = std::move(upright_picture);
  page.classification = classified(loaded, page);
  if (!page.classification.form)
    return fail(ErrorCode::unsupported, "bench_page", path.string() + " is no form that we know");
  const auto& form = *page.classification.form;
  const auto* entry = loaded.catalogue.find(form.form, form.version);
  PK_TRY(blank, host::unpack(entry->blanks.at(static_cast<std::size_t>(form.page) - 1)));
  page.prepared = extract::prepare_blank(blank);
  PK_TRY(reading, read(loaded, page));
  page.reading = std::move(reading);
  PK_TRY(recognised, ocr::recognise(page.upright, &form.turn, *loaded.engine));
  page.recognised = std::move(recognised);
  return page;
}

workers::AssembleInput document_of(const StepPage& page) {
  workers::AssembleInput input;
  input.document = "PK-20261123B1-1-1";
  input.batch = "20261123B1";
  input.date_of_receipt = "2026-11-23";
  workers::AssemblePage sheet;
  sheet.page = page.decoded;
  sheet.upright = page.upright;
  sheet.classification = page.classification;
  sheet.registration = page.reading.registration;
  sheet.readings = page.reading.readings;
  input.pages.push_back(std::move(sheet));
  return input;
}

Result<Bytes> pdf_of(const Loaded& loaded, const StepPage& page) {
  PK_TRY(image, intake::embeddable(page.decoded.original, loaded.settings.limits));
  return archive::document_pdf(
      {{std::move(image), page.recognised.words, page.classification.form->turn}},
      {"PK-20261123B1-1-1", "postkamer", "2026-11-23T12:00:00Z"}, loaded.resources);
}

// The messages of one document's jobs: page and upright page as blobs, what is known as JSON.
void send_and_hear(const StepPage& page) {
  for (int job = 0; job < kJobs; ++job) {
    wire::Message message;
    message.type = wire::MessageType::task;
    message.body = {{"page", wire::to_json(page.decoded)},
                    {"upright", wire::to_json(page.upright)},
                    {"readings", wire::to_json(page.reading.readings)}};
    message.blobs = {page.decoded.original.bytes, page.upright_picture.bytes};
    auto frames = wire::encode(message);
    auto heard = wire::decode(std::move(*frames));
    benchmark::DoNotOptimize(wire::from_json<std::vector<Reading>>(heard->body.at("readings")));
  }
}

// The commits of one document's jobs, each durable before the next, and its blobs.
class Store {
 public:
  explicit Store(const fs::path& folder)
      : blobs_(*journal::BlobStore::open(folder / "blobs")),
        journal_(*journal::open_journal(folder / "journal.db", stamp)) {}

  void keep(const StepPage& page) {
    ++scan_;
    for (const Bytes* bytes :
         {&page.file, &page.decoded.original.bytes, &page.upright_picture.bytes}) {
      Bytes own = *bytes;  // equal bytes would not be written again
      own.resize(own.size() + sizeof scan_);
      std::memcpy(own.data() + own.size() - sizeof scan_, &scan_, sizeof scan_);
      benchmark::DoNotOptimize(blobs_.put(own));
    }
    const std::string body = wire::to_json(page.reading.readings).dump();
    for (int job = 0; job < kJobs; ++job) {
      journal::JobRow row;
      row.id = scan_ * kJobs + static_cast<journal::Id>(job);
      row.scan = scan_;
      journal::PageRow sheet;
      sheet.scan = scan_;
      const journal::PageResultRow result{scan_, 0, std::to_string(job), body, {}};
      benchmark::DoNotOptimize(journal_->commit({row, sheet, result}, "2026-11-23T12:00:00Z"));
    }
  }

 private:
  static std::string stamp(const std::string& body, std::uint64_t, const std::string&) {
    return body;
  }
  journal::BlobStore blobs_;
  std::unique_ptr<journal::Journal> journal_;
  journal::Id scan_ = 0;
};

struct Step {
  std::string name;
  int times = 1;  // a page
  std::function<void(const StepPage&)> act;
};

std::vector<Step> steps_of(Loaded& loaded, Store& store) {
  const Limits& limits = loaded.settings.limits;
  const auto keep = [](auto&& value) { benchmark::DoNotOptimize(value); };
  return {
      {"decode the file", 1, [=](const StepPage& p) { keep(decode_first(p.file, limits)); }},
      // decode, deskew and extract each open it
      {"open the picture", 3,
       [=](const StepPage& p) { keep(intake::open_picture(p.decoded.original, limits)); }},
      {"codes, blank, separator", 1,
       [=](const StepPage& p) { keep(intake::inspect(p.pixels, p.decoded.original, 0, {})); }},
      {"deskew and binarise", 1, [=](const StepPage& p) { keep(deskew::deskew(p.pixels, {})); }},
      {"encode the upright page", 1,
       [=](const StepPage& p) { keep(intake::encode_bilevel(p.upright.upright)); }},
      // classify and extract each open it
      {"open the upright page", 2,
       [=](const StepPage& p) { keep(intake::open_picture(p.upright_picture, limits)); }},
      {"classify", 1, [=, &loaded](const StepPage& p) { keep(classified(loaded, p)); }},
      {kRegister, 1,
       [=](const StepPage& p) {
         keep(extract::register_page(p.upright, p.prepared, *p.classification.form, {}));
       }},
      {kZones, 1, [=, &loaded](const StepPage& p) { keep(read(loaded, p)); }},
      {"validate, compose the record", 1,
       [=, &loaded](const StepPage& p) { keep(assemble(document_of(p), loaded.catalogue)); }},
      {"messages of 7 jobs", 1, send_and_hear},
      {"journal of 7 jobs, blobs", 1, [&store](const StepPage& p) { store.keep(p); }},
      {"archive copy", 1, [=, &loaded](const StepPage& p) { keep(pdf_of(loaded, p)); }},
      {kOcr, 1,
       [=, &loaded](const StepPage& p) {
         keep(ocr::recognise(p.upright, &p.classification.form->turn, *loaded.engine));
       }},
  };
}

// Collects the CPU milliseconds, by the benchmark's name.
class Collector : public benchmark::ConsoleReporter {
 public:
  std::map<std::string, double> cpu_ms;
  void ReportRuns(const std::vector<Run>& runs) override {
    for (const Run& run : runs)
      if (!run.error_occurred && run.run_type == Run::RT_Iteration)
        cpu_ms[run.run_name.function_name] = run.GetAdjustedCPUTime();
    ConsoleReporter::ReportRuns(runs);
  }
};

std::string title(const StepPage& page, const Step& step) { return page.name + ": " + step.name; }

void print_row(const std::string& name, const std::vector<StepPage>& pages,
               const std::function<double(const StepPage&)>& value, const char* unit = "") {
  std::printf("%-36s", name.c_str());
  for (const auto& page : pages) std::printf("%11.1f%-1s", value(page), unit);
  std::printf("\n");
}

void print_table(const std::vector<StepPage>& pages, const std::vector<Step>& steps,
                 std::map<std::string, double>& cpu_ms) {
  std::printf("\n%-36s", "CPU ms a page");
  for (const auto& page : pages) std::printf("%12s", page.name.c_str());
  std::printf("\n");
  std::map<std::string, double> all, ocr, no_zones;
  for (const auto& step : steps) {
    const auto cost = [&](const StepPage& p) { return cpu_ms[title(p, step)] * step.times; };
    print_row(step.times > 1 ? step.name + " x" + std::to_string(step.times) : step.name, pages,
              cost);
    for (const auto& page : pages) {
      if (step.name == kOcr) ocr[page.name] = cost(page);
      // Registering alone is shown, and counted with the zones.
      if (step.name != kOcr && step.name != kRegister) all[page.name] += cost(page);
      if (step.name != kOcr && step.name != kZones) no_zones[page.name] += cost(page);
    }
  }
  print_row("all but OCR", pages, [&](const auto& p) { return all[p.name]; });
  print_row(
      "  share of OCR", pages, [&](const auto& p) { return 100 * all[p.name] / ocr[p.name]; }, "%");
  print_row("all but OCR and zones", pages, [&](const auto& p) { return no_zones[p.name]; });
  print_row(
      "  share of OCR", pages, [&](const auto& p) { return 100 * no_zones[p.name] / ocr[p.name]; },
      "%");
}

int measure(Loaded& loaded, const fs::path& samples, const fs::path& folder) {
  std::vector<StepPage> pages;
  for (const auto& [name, file] :
       {std::pair("G4", "typed-07-debit.tif"), std::pair("gray TIFF", "typed-06-parking.tif"),
        std::pair("JPEG", "hand-09-debit.pdf")}) {
    auto page = prepare(loaded, name, samples / file);
    if (!page) {
      std::fprintf(stderr, "%s\n", page.error().message.c_str());
      return 1;
    }
    pages.push_back(std::move(*page));
  }
  Store store(folder);
  const auto steps = steps_of(loaded, store);
  for (const auto& page : pages)
    for (const auto& step : steps)
      benchmark::RegisterBenchmark(title(page, step).c_str(), [&](benchmark::State& state) {
        for ([[maybe_unused]] const auto turn : state) step.act(page);
      })->Unit(benchmark::kMillisecond);
  Collector collector;
  benchmark::RunSpecifiedBenchmarks(&collector);
  print_table(pages, steps, collector.cpu_ms);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  host::prepare_process();
  const fs::path samples = argc > 1 ? argv[1] : POSTKAMER_SOURCE_DIR "/sample-scans";
  auto loaded = load();
  if (!loaded) {
    std::fprintf(stderr, "%s\n", loaded.error().message.c_str());
    return 1;
  }
  std::string folder = fs::temp_directory_path() / "pk-bench-XXXXXX";
  if (::mkdtemp(folder.data()) == nullptr) return 1;
  const int status = measure(**loaded, samples, folder);
  fs::remove_all(folder);
  return status;
}
