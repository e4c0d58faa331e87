// SPDX-License-Identifier: EUPL-1.2
// A ZeroMQ DEALER over a Unix socket in plain Node: ZMTP 3.0 (rfc.zeromq.org/spec/23), mechanism
// NULL. connect(path, ready, message, closed) gives say(kind, body); `message` gets kind, body, blobs.
import net from 'node:net';

const kGreeting = Buffer.alloc(64);
kGreeting.set([0xff, 0, 0, 0, 0, 0, 0, 0, 0, 0x7f, 3, 0]);
kGreeting.write('NULL', 12);

function frame(flags, body) {
  const head = Buffer.alloc(body.length > 255 ? 9 : 2);
  head[0] = flags | (body.length > 255 ? 2 : 0);
  if (body.length > 255) head.writeBigUInt64BE(BigInt(body.length), 1);
  else head[1] = body.length;
  return Buffer.concat([head, body]);
}

function property(name, value) {
  const size = Buffer.alloc(4);
  size.writeUInt32BE(value.length);
  return Buffer.concat([Buffer.from([name.length]), Buffer.from(name), size, Buffer.from(value)]);
}

// The first frame of `bytes`: [flags, body, rest], or nothing when it is not whole yet.
function parted(bytes) {
  const isLong = bytes.length > 0 && (bytes[0] & 2) !== 0;
  const start = isLong ? 9 : 2;
  if (bytes.length < start) return undefined;
  const end = start + (isLong ? Number(bytes.readBigUInt64BE(1)) : bytes[1]);
  if (bytes.length < end) return undefined;
  return [bytes[0], bytes.subarray(start, end), bytes.subarray(end)];
}

export function connect(path, ready, message, closed) {
  const socket = net.connect(path);
  let bytes = Buffer.alloc(0);
  let isGreeted = false;
  let frames = [];
  socket.on('connect', () => socket.write(kGreeting));
  socket.on('error', () => {});  // 'close' follows
  socket.on('close', closed);
  socket.on('data', (data) => {
    bytes = Buffer.concat([bytes, data]);
    if (!isGreeted) {
      if (bytes.length < 64) return;
      bytes = bytes.subarray(64);
      isGreeted = true;
      const hello = [Buffer.from('\x05READY'), property('Socket-Type', 'DEALER'), property('Identity', '')];
      socket.write(frame(4, Buffer.concat(hello)));
    }
    for (let one = parted(bytes); one; one = parted(bytes)) {
      bytes = one[2];
      if (one[0] & 4) {  // a command: the other side's READY
        ready();
        continue;
      }
      frames.push(one[1]);
      if (one[0] & 1) continue;
      const [header, body, ...blobs] = frames.splice(0);
      message(header[4], JSON.parse(body.toString()), blobs);
    }
  });
  return (kind, body) => {
    if (!isGreeted || socket.destroyed) return;
    const header = Buffer.from([0x50, 0x4b, 0x4d, 1, kind, 0, 0, 0]);
    socket.write(Buffer.concat([frame(1, header), frame(0, Buffer.from(JSON.stringify(body)))]));
  };
}
