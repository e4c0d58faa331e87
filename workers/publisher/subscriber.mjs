// SPDX-License-Identifier: EUPL-1.2
// node subscriber.mjs SOCKET NAME: prints every event once, in order, one a line, for ever. SOCKET is
// the path DIR/run/events.sock. Debian has no ZeroMQ for Node; zmtp.mjs beside this file speaks it.
import { connect } from './zmtp.mjs';
const [path, name] = process.argv.slice(2);
let last, stream, say;
const ask = () => (last === undefined ? say(30, { name }) : say(32, { name, stream, after: last, credit: 1 }));
const link = () => (say = connect(path, ask, take, () => setTimeout(link, 500)));
function take(kind, body, blobs) {
  if (kind === 31 && last === undefined) ({ after: last, stream } = body);  // SUBSCRIBED: our last COMMIT, in that stream
  else if ((kind === 33 || kind === 39) && body.after === last) {  // EVENT, PASSED: right behind it
    for (const event of blobs) process.stdout.write(event.toString() + '\n');
    last = body.seq;
    say(34, { name, stream, seq: last });  // COMMIT, now that it is safe with us
  } else if (kind === 38 && body.reason === 'stream_moved') last = undefined;  // by a person: subscribe again
  else if ((kind === 37 || kind === 38) && body.code !== 'unavailable') {  // GONE, REFUSED
    console.error(JSON.stringify(body));
    process.exit(1);
  } else if (kind !== 36 || !(body.seq > last)) return;  // HEAD beyond us: one of ours was lost
  ask();
}
link();
setInterval(() => ask(), 3000);
