// SPDX-License-Identifier: EUPL-1.2
//
// subscriber_example ENDPOINT NAME: prints every event once, in order, one a line, for ever. It
// needs cppzmq and a JSON library, and nothing of ours; a program of ours takes subscriber.h.
#include <chrono>
#include <iostream>
#include <optional>
#include <string>

#include <nlohmann/json.hpp>
#include <zmq_addon.hpp>

using nlohmann::json;

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  zmq::context_t context;
  zmq::socket_t socket(context, zmq::socket_type::dealer);
  socket.connect(argv[1]);
  std::optional<std::uint64_t> last;
  std::string stream;  // that numbers are of
  const auto say = [&](char kind, json body) {
    body["name"] = argv[2];
    if (!stream.empty()) body["stream"] = stream;
    const std::string header{'P', 'K', 'M', 1, kind, 0, 0, 0};
    zmq::send_multipart(socket, std::array{zmq::buffer(header), zmq::buffer(body.dump())});
  };
  for (;;) {
    last ? say(32, {{"after", *last}, {"credit", 1}})
         : say(30, json::object());  // FETCH; SUBSCRIBE
    zmq::pollitem_t item{socket.handle(), 0, ZMQ_POLLIN, 0};
    while (zmq::poll(&item, 1, std::chrono::seconds(3)) > 0) {  // silence: ask again
      zmq::multipart_t message(socket);
      const int kind = message[0].data<char>()[4];
      const json body = json::parse(message[1].to_string_view());
      if (kind == 31 && !last) {  // SUBSCRIBED: our last COMMIT was here
        last = body.at("after");
        stream = body.at("stream");
        break;
      }
      if ((kind == 33 || kind == 39) && last && body.at("after") == *last) {  // EVENT, PASSED: next
        if (message.size() > 2) std::cout << message[2].to_string_view() << std::endl;
        last = body.at("seq");
        say(34, {{"seq", *last}});  // COMMIT, now that it is safe with us
        break;
      }
      if (kind == 36 && last && body.at("seq") > *last) break;  // HEAD: one of ours was lost
      if (kind == 38 &&
          body.value("reason", "") == "stream_moved") {  // by a person: subscribe again
        last.reset();
        break;
      }
      if ((kind == 37 || kind == 38) && body.value("code", "") != "unavailable") {  // GONE, REFUSED
        std::cerr << body << '\n';
        return 1;
      }
    }
  }
}
