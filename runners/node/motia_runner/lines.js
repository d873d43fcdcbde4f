'use strict';
/**
 * Bytes → lines. A frame ends at byte 0x0A and nowhere else; a line above the limit is dropped, its beginning kept.
 * Never decodes text: a character may arrive in two pieces.
 */
const PREFIX = 512;

class Lines {
  /** `line(buffer, start, end)` gets each complete line, `oversize(prefix, size)` each that was too long. */
  constructor(line, oversize) {
    this.limit = 16 * 1024 * 1024;
    this.line = line;
    this.oversize = oversize;
    this.parts = [];
    this.size = 0;
  }

  feed(chunk) {
    let start = 0;
    let end = chunk.indexOf(10);
    if (end >= 0 && this.size > 0) {
      this.keep(chunk.subarray(0, end));
      this.take();
      start = end + 1;
      end = chunk.indexOf(10, start);
    }
    while (end >= 0) {
      if (end - start > this.limit) this.oversize(chunk.subarray(start, start + PREFIX), end - start);
      else if (end > start) this.line(chunk, start, end);
      start = end + 1;
      end = chunk.indexOf(10, start);
    }
    if (start < chunk.length) this.keep(chunk.subarray(start));
  }

  keep(piece) {
    this.size += piece.length;
    if (this.size <= this.limit) this.parts.push(piece);
    else if (this.parts.length !== 1 || this.parts[0].length > PREFIX)
      this.parts = [Buffer.concat([...this.parts, piece]).subarray(0, PREFIX)];
  }

  take() {
    const { parts, size } = this;
    this.parts = [];
    this.size = 0;
    if (size > this.limit) this.oversize(Buffer.concat(parts).subarray(0, PREFIX), size);
    else if (size > 0) {
      const whole = parts.length === 1 ? parts[0] : Buffer.concat(parts);
      this.line(whole, 0, whole.length);
    }
  }
}

module.exports = { Lines };
