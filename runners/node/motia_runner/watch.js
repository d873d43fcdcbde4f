'use strict';
/**
 * The thread behind lifeline.js. It only watches and kills: with SIGKILL, because a blocked loop hears nothing else, and
 * the whole process group, because nobody is left to end it. Never reads the wire.
 */
const net = require('node:net');
const { workerData } = require('node:worker_threads');

const PERIOD = 200;

function kill() {
  try {
    process.kill(-process.pid, 'SIGKILL');
  } catch {
    process.kill(process.pid, 'SIGKILL');
  }
}

if (workerData.lifeline !== null) {
  const lifeline = new net.Socket({ fd: workerData.lifeline, readable: true, writable: false });
  lifeline.on('end', kill).on('error', kill).resume();
}

// Seen twice, because a free loop ends the worker itself, and more politely.
let seen = 0;
const closed = hangup();
setInterval(() => {
  if (process.ppid !== workerData.parent) kill();
  seen = closed() ? seen + 1 : 0;
  if (seen === 2) kill();
}, PERIOD);

/**
 * A function that says whether the wire's other end is closed. Node can only read, which would take its
 * bytes; WASI's poll_oneoff asks the kernel and takes nothing. Where it is missing, the answer is always no.
 */
function hangup() {
  try {
    // Known to be experimental; the warning would be logged as if a step had printed it.
    process.emitWarning = () => {};
    const { WASI } = require('node:wasi');
    const wasi = new WASI({ version: 'preview1', stdin: workerData.input, returnOnExit: true });
    const memory = new WebAssembly.Memory({ initial: 1 });
    wasi.initialize({ exports: { memory } });
    const view = new DataView(memory.buffer);
    const [IN, OUT, COUNT] = [0, 256, 1024];
    // Two subscriptions of 48 bytes: reading from descriptor 0, and a clock of a millisecond so that it never waits long.
    view.setUint8(IN + 8, 1);
    view.setUint8(IN + 48 + 8, 0);
    view.setUint32(IN + 48 + 16, 1, true);
    view.setBigUint64(IN + 48 + 24, 1_000_000n, true);
    return () => {
      if (wasi.wasiImport.poll_oneoff(IN, OUT, 2, COUNT) !== 0) return false;
      const events = view.getUint32(COUNT, true);
      for (let at = OUT; at < OUT + events * 32; at += 32)
        if (view.getUint8(at + 10) === 1 && (view.getUint16(at + 24, true) & 1) === 1) return true;
      return false;
    };
  } catch {
    return () => false;
  }
}
