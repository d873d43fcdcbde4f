/**
 * Very many followers in one process, so light that the server is what is measured: WebSockets on bare TCP that look
 * only at a frame's length, what kind it is, and its number. Usage: node light.mjs PORT
 */
import net from 'node:net';
import { randomBytes, randomUUID } from 'node:crypto';
import { now, serve } from './talk.mjs';

const PORT = Number(process.argv[2]);
const AT_ONCE = 100;
const END = Buffer.from('\r\n\r\n');
const NUMBER = Buffer.from('"n":');
const SYNC = Buffer.from('"type":"sync"');
const [TEXT, CLOSE, PING, PONG] = [1, 8, 9, 10];

class Follower {
  constructor(number) {
    this.number = number;
    this.rest = null;
    this.synced = false;
    this.closed = false;
    this.reset();
  }

  reset() {
    this.heard = 0;
    this.last = 0;
    this.disorder = 0;
  }

  open() {
    return new Promise((done, fail) => {
      const socket = (this.socket = net.connect(PORT, '127.0.0.1'));
      socket.setNoDelay();
      socket.on('error', fail);
      socket.on('close', () => (this.closed = true));
      const greeting = (data) => {
        this.rest = this.rest ? Buffer.concat([this.rest, data]) : data;
        const end = this.rest.indexOf(END);
        if (end < 0) return;
        if (!this.rest.subarray(0, 12).equals(Buffer.from('HTTP/1.1 101'))) return fail(new Error(String(this.rest)));
        const more = this.rest.subarray(end + 4);
        this.rest = null;
        socket.off('data', greeting).on('data', (piece) => this.read(piece));
        if (more.length) this.read(more);
        done();
      };
      socket.on('data', greeting);
      const key = randomBytes(16).toString('base64');
      socket.write(
        `GET / HTTP/1.1\r\nHost: 127.0.0.1:${PORT}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
          `Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${key}\r\n\r\n`,
      );
    });
  }

  join(streamName, groupId) {
    this.send(TEXT, Buffer.from(JSON.stringify({ type: 'join', data: { streamName, groupId, subscriptionId: randomUUID() } })));
  }

  send(kind, payload) {
    const short = payload.length < 126;
    const head = Buffer.alloc(short ? 6 : 8); // a mask of zeroes is a mask too
    head[0] = 0x80 | kind;
    head[1] = 0x80 | (short ? payload.length : 126);
    if (!short) head.writeUInt16BE(payload.length, 2);
    this.socket.write(Buffer.concat([head, payload]));
  }

  read(data) {
    if (this.rest) data = Buffer.concat([this.rest, data]);
    let at = 0;
    while (at + 2 <= data.length) {
      let length = data[at + 1];
      let start = at + 2;
      if (length === 126) {
        if (at + 4 > data.length) break;
        length = data.readUInt16BE(at + 2);
        start = at + 4;
      } else if (length === 127) {
        if (at + 10 > data.length) break;
        length = Number(data.readBigUInt64BE(at + 2));
        start = at + 10;
      }
      if (start + length > data.length) break;
      this.hear(data[at] & 15, data.subarray(start, start + length));
      at = start + length;
    }
    this.rest = at < data.length ? data.subarray(at) : null;
  }

  hear(kind, payload) {
    if (kind === PING) return this.send(PONG, payload);
    if (kind === CLOSE) return this.socket.end();
    if (!this.synced && payload.includes(SYNC)) return (this.synced = true);
    const place = payload.indexOf(NUMBER) + NUMBER.length;
    let number = 0;
    for (let at = place; payload[at] >= 48 && payload[at] <= 57; at++) number = number * 10 + payload[at] - 48;
    this.heard += 1;
    if (number !== this.last + 1) this.disorder += 1;
    this.last = number;
  }
}

const followers = [];

const until = async (what) => {
  while (!what()) await new Promise((done) => setTimeout(done, 2));
};

/** A few at a time, as the world does it; the seconds it took. */
async function inTurn(work) {
  const began = now();
  const waiting = followers[Symbol.iterator]();
  const one = async () => {
    for (const follower of waiting) await work(follower);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, one));
  return (now() - began) / 1000;
}

await serve({
  connect: (count) => {
    for (let number = 0; number < count; number++) followers.push(new Follower(number));
    return inTurn((follower) => follower.open());
  },
  /** All of them, shared out over so many groups; the seconds until each has its sync. */
  join: async (stream, groups) => {
    const began = now();
    for (const follower of followers) follower.join(stream, String(follower.number % groups));
    await until(() => followers.every((follower) => follower.synced || follower.closed));
    return (now() - began) / 1000;
  },
  /** What was heard since the last look; waits until all have heard `count`, at most so many seconds. */
  look: async (count, patience) => {
    const end = now() + patience * 1000;
    await until(() => now() > end || followers.every((follower) => follower.heard >= count));
    const seen = {
      heard: followers.reduce((sum, { heard }) => sum + Math.min(heard, count), 0) / followers.length / count,
      disorder: followers.reduce((sum, { disorder }) => sum + disorder, 0),
      closed: followers.filter(({ closed }) => closed).length,
    };
    followers.forEach((follower) => follower.reset());
    return seen;
  },
});
