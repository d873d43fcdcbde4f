'use strict';
/**
 * Which loading of a file a snapshot means. A loading is `{snapshot, ended, …}`: known from one snapshot on, until
 * another has ended it. Loads and forgets nothing itself; steps.js does.
 */
class Versions {
  constructor() {
    this.files = new Map();
  }

  /** The loading of `file` in `snapshot`, or undefined when it must be loaded. Older than all there is: the oldest. */
  at(file, snapshot) {
    const list = this.files.get(file);
    if (list === undefined) return undefined;
    for (let index = list.length - 1; index >= 0; index--)
      if (list[index].snapshot <= snapshot) return snapshot < list[index].ended ? list[index] : undefined;
    return list[0];
  }

  /** Whether `file` is held as `snapshot` knew it, and not as a later one does. */
  holds(file, snapshot) {
    return this.at(file, snapshot)?.snapshot <= snapshot;
  }

  latest(file) {
    return this.files.get(file)?.at(-1);
  }

  /** `ended`: the snapshot from which on it is no longer meant. */
  add(file, snapshot, loading, ended = Infinity) {
    const list = this.files.get(file) ?? [];
    const entry = { ...loading, snapshot, ended };
    // One that is loaded late belongs to the code that ended the one before it.
    if (ended === Infinity && list.length > 0) entry.snapshot = Math.max(snapshot, list.at(-1).ended);
    list.push(entry);
    list.sort((one, other) => one.snapshot - other.snapshot);
    this.files.set(file, list);
    return entry;
  }

  end(file, snapshot) {
    const latest = this.latest(file);
    if (latest !== undefined && latest.ended === Infinity) latest.ended = snapshot;
  }

  /** Lets go of what neither `snapshot`, nor the one before it, nor `held` (`{file, snapshot}`) needs. */
  prune(snapshot, held) {
    const kept = new Set(held.map((one) => this.at(one.file, one.snapshot)));
    for (const [file, list] of this.files) {
      const left = list.filter((entry) => entry.ended >= snapshot || kept.has(entry));
      if (left.length > 0) this.files.set(file, left);
      else this.files.delete(file);
    }
  }
}

module.exports = { Versions };
