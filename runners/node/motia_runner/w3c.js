'use strict';
/**
 * The trace context of an invocation as W3C writes it, for requests to others. Pure.
 * An id that has the right form is itself; any other is the beginning of its SHA-256: the core tells them the same way.
 */
const { createHash } = require('node:crypto');

const hex = (id, digits) =>
  new RegExp(`^[0-9a-f]{${digits}}$`).test(id) && !/^0+$/.test(id)
    ? id
    : createHash('sha256').update(id).digest('hex').slice(0, digits);

const traceparent = (run) => `00-${hex(run.traceId, 32)}-${hex(run.id, 16)}-${run.sampled ? '01' : '00'}`;

module.exports = { traceparent };
