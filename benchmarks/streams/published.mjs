/**
 * Followers that use the published client for Node, unchanged, and the time from the `set` to their callback.
 * Usage: node published.mjs FOLDER-OF-PACKAGES ADDRESS
 */
import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { now, serve } from './talk.mjs';

const [folder, address] = process.argv.slice(2);
const { resolve } = createRequire(path.join(path.resolve(folder), 'package.json'));
const { Stream } = await import(pathToFileURL(resolve('@motiadev/stream-client-node')));

const followers = [];

class Follower {
  constructor(subscription) {
    this.synced = false;
    this.reset();
    subscription.addChangeListener((state) => this.hear(state));
  }

  reset() {
    this.times = [];
    this.last = 0;
    this.disorder = 0;
  }

  hear(state) {
    if (!this.synced) return (this.synced = true);
    const newest = Array.isArray(state) ? state.reduce((one, other) => (other.at > one.at ? other : one)) : state;
    this.times.push(now() - newest.at);
    if (newest.n !== this.last + 1) this.disorder += 1;
    this.last = newest.n;
  }
}

const until = async (what) => {
  while (!what()) await new Promise((done) => setTimeout(done, 2));
};

await serve({
  /** `id` null = the whole group. */
  follow: async (count, stream, group, id) => {
    for (let number = 0; number < count; number++) {
      const client = new Stream(address);
      followers.push(new Follower(id === null ? client.subscribeGroup(stream, group) : client.subscribeItem(stream, group, id)));
    }
    await until(() => followers.every(({ synced }) => synced));
  },
  look: async (count, patience) => {
    const end = now() + patience * 1000;
    await until(() => now() > end || followers.every(({ times }) => times.length >= count));
    const times = followers.flatMap((follower) => follower.times).sort((one, other) => one - other);
    const seen = {
      heard: followers.reduce((sum, follower) => sum + Math.min(follower.times.length, count), 0) / followers.length / count,
      disorder: followers.reduce((sum, { disorder }) => sum + disorder, 0),
      last: Math.min(...followers.map(({ last }) => last)),
      p50: times[Math.floor(times.length * 0.5)] ?? null,
      p99: times[Math.floor(times.length * 0.99)] ?? null,
      longest: times.at(-1) ?? null,
    };
    followers.forEach((follower) => follower.reset());
    return seen;
  },
});
