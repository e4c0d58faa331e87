// SPDX-License-Identifier: EUPL-1.2
#include "workers/metrics/page.h"

#include <initializer_list>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

namespace postkamer::metrics {
namespace {

using prometheus::MetricFamily;
using prometheus::MetricType;
using Labels = std::vector<prometheus::ClientMetric::Label>;

class Page {
 public:
  // The family that values are added to from now on.
  Page& gauge(const char* name, const char* help) { return begin(name, help, MetricType::Gauge); }
  Page& counter(const char* name, const char* help) {
    return begin(name, help, MetricType::Counter);
  }
  template <class Number>
  Page& add(Number value, Labels labels = {}) {
    prometheus::ClientMetric metric;
    metric.label = std::move(labels);
    (families_.back().type == MetricType::Gauge ? metric.gauge.value : metric.counter.value) =
        static_cast<double>(value);
    families_.back().metric.push_back(std::move(metric));
    return *this;
  }
  // A value of each of a map, under the label's name. `member` takes it out.
  template <class Map, class Take>
  Page& each(const Map& map, const char* label, Take take) {
    for (const auto& [name, value] : map) add(take(value), {{label, name}});
    return *this;
  }
  [[nodiscard]] std::string text() const {
    // A family without values tells nothing.
    std::vector<MetricFamily> told;
    for (const auto& family : families_)
      if (!family.metric.empty()) told.push_back(family);
    return prometheus::TextSerializer().Serialize(told);
  }

 private:
  Page& begin(const char* name, const char* help, MetricType type) {
    families_.push_back({std::string("postkamer_") + name, help, type, {}});
    return *this;
  }
  std::vector<MetricFamily> families_;
};

void add_work(Page& page, const BrokerFigures& broker) {
  const auto& kinds = broker.kinds;
  page.gauge("jobs_waiting", "Jobs that wait for a worker.").each(kinds, "kind", [](const auto& k) {
    return k.waiting;
  });
  page.gauge("jobs_running", "Jobs that a worker holds.").each(kinds, "kind", [](const auto& k) {
    return k.running;
  });
  page.gauge("jobs_oldest_waiting_seconds", "How long the oldest waiting job waits.")
      .each(kinds, "kind", [](const auto& k) { return k.oldest_s; });
  page.counter("jobs_done_total", "Jobs answered since the broker started.")
      .each(kinds, "kind", [](const auto& k) { return k.done; });
  page.counter("jobs_failed_total", "Executions that failed since the broker started.")
      .each(kinds, "kind", [](const auto& k) { return k.failed; });
  page.gauge("workers", "Worker processes that the broker knows.");
  for (const auto& [kind, k] : kinds)
    page.add(k.idle, {{"kind", kind}, {"state", "idle"}})
        .add(k.holding, {{"kind", kind}, {"state", "holding"}})
        .add(k.executing, {{"kind", kind}, {"state", "executing"}});
}

void add_stream(Page& page, const BrokerFigures& broker) {
  page.gauge("broker_draining", "1 while the broker gives out no more work.")
      .add(broker.is_draining ? 1 : 0);
  page.gauge("batches", "Batches that are not closed.")
      .add(broker.open_batches, {{"state", "open"}})
      .add(broker.closing_batches, {{"state", "closing"}});
  page.counter("events_total", "Number of the newest event of the stream.").add(broker.head);
  page.gauge("events_oldest", "Number of the oldest event that is kept.").add(broker.oldest);
  page.gauge("subscriber_behind_events", "Events that a subscriber has not committed.")
      .each(broker.subscribers, "subscriber", [](const auto& s) { return s.behind; });
  page.counter("subscriber_lost_events_total",
               "Events that were dropped before a subscriber came for them.")
      .each(broker.subscribers, "subscriber", [](const auto& s) { return s.lost; });
}

void add_messages(Page& page, const Figures& figures) {
  std::map<std::string, UnreadFigures> unread;
  if (figures.broker) unread = figures.broker->unread;
  if (figures.unread_by_publisher) unread["publisher"] = *figures.unread_by_publisher;
  page.counter("messages_refused_total",
               "Messages that could not be read, since their reader started.")
      .each(unread, "reader", [](const auto& u) { return u.malformed; });
  page.counter("messages_unsupported_total",
               "Messages of a type or version that is not known, since their reader started.")
      .each(unread, "reader", [](const auto& u) { return u.unsupported; });
}

void add_documents(Page& page, const Figures& figures) {
  if (figures.backlog) {
    const journal::Backlog& backlog = *figures.backlog;
    page.gauge("files_unread", "Files taken in that are not split into documents yet.")
        .add(backlog.scans);
    page.gauge("documents", "Documents that are not settled.")
        .add(backlog.reading, {{"state", "reading"}})
        .add(backlog.in_review, {{"state", "review"}});
    page.gauge("oldest_unpublished_seconds",
               "Since when the oldest file waits whose documents are not all settled.")
        .add(figures.unread_s, {{"waits_for", "machine"}})
        .add(figures.in_review_s, {{"waits_for", "person"}});
    page.gauge("pages_quarantined", "Pages in quarantine, all there ever were.")
        .add(backlog.quarantined);
  }
  page.gauge("workers_wanted", "Worker processes that the settings ask for.")
      .each(figures.wanted_workers, "kind", [](auto count) { return count; });
}

void add_doors(Page& page, const Figures& figures) {
  const auto& inboxes = figures.inboxes;
  page.gauge("inbox_waiting_files", "Files in a watched folder that are not taken.")
      .each(inboxes, "inbox", [](const auto& i) { return i.waiting; });
  page.gauge("inbox_oldest_waiting_seconds", "How long the oldest of them waits.")
      .each(inboxes, "inbox", [](const auto& i) { return i.oldest_waiting_s; });
  page.gauge("inbox_underway_files", "Claims taken and not settled.")
      .each(inboxes, "inbox", [](const auto& i) { return i.underway; });
  page.counter("inbox_taken_total", "Claims taken since the door opened.")
      .each(inboxes, "inbox", [](const auto& i) { return i.taken; });
  page.gauge("inbox_stopped", "1 while a door takes nothing: disk full, folder gone.")
      .each(inboxes, "inbox", [](const auto& i) { return i.is_stopped ? 1 : 0; });
  page.gauge("inbox_told_seconds", "How long ago a door told of itself.")
      .each(inboxes, "inbox", [](const auto& i) { return i.told_s; });
  page.gauge("sink_open", "1 while a sink delivers.")
      .each(figures.sinks, "sink", [](const auto& s) { return s.is_open ? 1 : 0; });
  page.gauge("sink_held_events", "Events that a sink could not deliver.");
  for (const auto& [name, sink] : figures.sinks)
    page.add(sink.waiting, {{"sink", name}, {"state", "waiting"}})
        .add(sink.parked, {{"sink", name}, {"state", "parked"}});
}

}  // namespace

std::string page_of(const Figures& figures) {
  Page page;
  page.gauge("build_info", "1; the version that runs.").add(1, {{"version", POSTKAMER_VERSION}});
  page.gauge("up", "1 when the broker answers.").add(figures.broker ? 1 : 0);
  if (figures.broker) {
    add_work(page, *figures.broker);
    add_stream(page, *figures.broker);
  }
  add_messages(page, figures);
  add_documents(page, figures);
  add_doors(page, figures);
  page.gauge("backup_age_seconds", "Since the newest backup was finished.");
  if (figures.backup_s) page.add(*figures.backup_s);
  page.gauge("disk_free_bytes", "Free on the disk of journal and blobs.").add(figures.disk_free);
  page.gauge("disk_size_bytes", "Size of that disk.").add(figures.disk_size);
  page.gauge("journal_bytes", "Size of the journal's files.")
      .add(figures.journal_bytes, {{"file", "database"}})
      .add(figures.log_bytes, {{"file", "log"}});
  return page.text();
}

}  // namespace postkamer::metrics
