// SPDX-License-Identifier: EUPL-1.2
//
// The verbs for peers on other machines: `keys new|list|revoke`, `worker`.
#pragma once

#include <filesystem>
#include <functional>

namespace CLI {
class App;
}

namespace postkamer {

// Adds them; one that is given sets `act`. `config` is read when it is done. Both outlive the app.
void add_key_verbs(CLI::App& app, const std::filesystem::path& config, std::function<int()>& act);

}  // namespace postkamer
