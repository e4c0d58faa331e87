# SPDX-License-Identifier: EUPL-1.2
# python3 subscriber.py ENDPOINT NAME: prints every event once, in order, one a line, for ever.
import json, struct, sys, zmq
endpoint, name, last, where = sys.argv[1], sys.argv[2], None, {}
socket = zmq.Context().socket(zmq.DEALER)
socket.connect(endpoint)
def say(kind, **body):
    header = b"PKM" + struct.pack(">BBBH", 1, kind, 0, 0)
    socket.send_multipart([header, json.dumps({"name": name, **where, **body}).encode()])
while True:
    say(30) if last is None else say(32, after=last, credit=1)  # SUBSCRIBE; FETCH
    while socket.poll(3000):  # three seconds of silence: ask again from where we are
        header, body, *blobs = socket.recv_multipart()
        kind, body = header[4], json.loads(body)
        if kind == 31 and last is None:  # SUBSCRIBED: our last COMMIT was here
            last, where = body["after"], {"stream": body["stream"]}  # numbers of that stream
            break
        if kind in (33, 39) and body["after"] == last:  # EVENT, PASSED: right behind what we have
            for event in blobs:
                print(event.decode(), flush=True)
            last = body["seq"]
            say(34, seq=last)  # COMMIT, now that it is safe with us
            break
        if kind == 36 and last is not None and body["seq"] > last:  # HEAD: one of ours was lost
            break
        if kind == 38 and body["reason"] == "stream_moved":  # by a person: subscribe again
            last = None
            break
        if kind in (37, 38) and body.get("code") != "unavailable":  # GONE, REFUSED
            sys.exit(str(body))
