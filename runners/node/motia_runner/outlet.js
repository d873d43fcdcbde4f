'use strict';
/**
 * The writing end of the wire. What is said within one turn of the event loop leaves as one write: a write costs more
 * than a call. `urgent` text leaves at once, with all before it, so that a step that logs and then blocks is heard.
 */
const fs = require('node:fs');
const net = require('node:net');
const { setImmediate } = require('node:timers');

const ENOUGH = 64 * 1024;

class Outlet {
  constructor(descriptor, onGone) {
    this.waiting = '';
    this.flush = () => {
      const text = this.waiting;
      this.waiting = '';
      if (text !== '') this.out(text);
    };
    try {
      this.socket = new net.Socket({ fd: descriptor, readable: false, writable: true });
      this.socket.on('error', onGone);
      this.out = (text) => this.socket.write(text);
    } catch {
      // A file, when somebody starts a worker by hand.
      this.socket = null;
      this.out = (text) => fs.writeSync(descriptor, text);
    }
  }

  /** What has not left yet. */
  get backlog() {
    return this.waiting.length + (this.socket?.writableLength ?? 0);
  }

  write(text, urgent) {
    if (this.waiting === '') {
      if (urgent) return void this.out(text);
      this.waiting = text;
      setImmediate(this.flush);
      return;
    }
    this.waiting += text;
    if (urgent || this.waiting.length > ENOUGH) this.flush();
  }

  /** Calls `done` when everything has gone out. */
  end(done) {
    this.flush();
    if (this.socket === null) done();
    else this.socket.end(done);
  }
}

module.exports = { Outlet };
