'use strict';
/**
 * What is under way, in shapes that come and go without leaving tables behind. A Map that is filled and emptied all the
 * time makes a new table every few entries; each old one points to the next and keeps its entries alive until the next
 * full collection. Measured here: half of a worker's time under load.
 */

/** Calls that wait for an answer, by ids that count up and are never used twice. */
class Pending {
  constructor() {
    this.slots = new Array(256).fill(null);
    this.last = 0;
    this.count = 0;
  }

  /** Keeps `call` and returns its id. An id whose place is taken by a call that waits long is left out. */
  add(call) {
    if (this.count * 2 > this.slots.length) this.grow();
    const mask = this.slots.length - 1;
    do this.last++;
    while (this.slots[this.last & mask] !== null);
    call.id = this.last;
    this.slots[this.last & mask] = call;
    this.count++;
    return call.id;
  }

  /** The call of that id, which waits no longer; null for an answer nobody waits for. */
  take(id) {
    const at = id & (this.slots.length - 1);
    const call = this.slots[at];
    if (call === null || call.id !== id) return null;
    this.slots[at] = null;
    this.count--;
    return call;
  }

  /** Takes every call of `owner`. */
  takeAll(owner) {
    return this.slots.filter((call) => call !== null && call.owner === owner).map(({ id }) => this.take(id));
  }

  grow() {
    const kept = this.slots.filter((call) => call !== null);
    this.slots = new Array(this.slots.length * 2).fill(null);
    for (const call of kept) this.slots[call.id & (this.slots.length - 1)] = call;
  }
}

/** Objects with `previous` and `next`, linked; found by looking through them. */
class Chain {
  constructor() {
    this.first = null;
    this.size = 0;
  }

  add(item) {
    item.previous = null;
    item.next = this.first;
    if (this.first !== null) this.first.previous = item;
    this.first = item;
    this.size++;
  }

  remove(item) {
    if (item.previous === null) this.first = item.next;
    else item.previous.next = item.next;
    if (item.next !== null) item.next.previous = item.previous;
    item.previous = item.next = null;
    this.size--;
  }

  find(accept) {
    let item = this.first;
    while (item !== null && !accept(item)) item = item.next;
    return item;
  }
}

module.exports = { Pending, Chain };
