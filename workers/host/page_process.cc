// SPDX-License-Identifier: EUPL-1.2
#include "workers/host/page_process.h"

#include <malloc.h>
#include <omp.h>

#include <opencv2/core/utility.hpp>

namespace postkamer::host {
namespace {

// Pictures up to this many bytes are kept (the most that glibc takes), and so much of them.
constexpr int kKeptBlock = 32 << 20;
constexpr int kKeptMemory = 128 << 20;

}  // namespace

void prepare_process() {
  // More workers, not more threads in each: a core is best used by one page.
  omp_set_max_active_levels(0);
  cv::setNumThreads(1);
  // Else every picture's memory goes back to the kernel, to be zeroed anew for the next: a third
  // of what it costs to straighten a page.
  mallopt(M_MMAP_THRESHOLD, kKeptBlock);
  mallopt(M_TRIM_THRESHOLD, kKeptMemory);
}

}  // namespace postkamer::host
