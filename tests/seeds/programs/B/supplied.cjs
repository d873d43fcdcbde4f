'use strict';
/**
 * What the document's programs call and never define, as globals, so that their files stay as printed. Loaded before
 * everything else (`NODE_OPTIONS=--require …/supplied.cjs`). Each call is a line of effects.jsonl: `{name, args}`.
 */
const fs = require('node:fs');
const path = require('node:path');

const EFFECTS = path.join(__dirname, 'effects.jsonl');

const supplied = {
  processData: async (data) => {
    if (data?.fail) throw new Error(`cannot process ${data.fail}`);
    return { processed: true, data: data ?? null };
  },
  generateDailyReport: async () => ({ visitors: 7 }),
  sendWelcomeEmail: async () => undefined,
  performStep: async () => undefined,

  fetchPRDiff: async (repository, number) => `diff of ${repository} #${number}`,
  performAIReview: async (diff) => Object.assign([{ line: 1, text: `read ${diff}` }], { score: 0.9 }),
  postReviewComments: async () => undefined,
  sendSlackNotification: async () => undefined,

  analyzeSpam: async (subject, body) => (/lottery/i.test(`${subject} ${body}`) ? 0.95 : 0.1),
  moveToSpam: async () => undefined,
  sendPushNotification: async () => undefined,
  generateEmailStats: async (day) => ({ day, received: 3 }),
  permanentlyDeleteSpam: async () => undefined,

  // A thousandth of what is asked for.
  sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms / 1000)),
  processPayment: async () => undefined,
  prepareShipment: async () => undefined,
  confirmDelivery: async () => undefined,
  processBatch: async () => undefined,
  createReadStream: (file) => fs.createReadStream(file, { highWaterMark: 1 }),
  processChunk: async () => undefined,
  processItem: async (item) => item * 2,
  expensiveOperation: async (data) => ({ expensive: data.id, at: process.hrtime.bigint().toString() }),
  getActiveConnections: async () => 2,
  getQueueSize: async () => 0,
};

// Called very often, or with what is no JSON.
const UNTOLD = new Set(['performStep', 'processChunk', 'createReadStream', 'sleep']);

for (const [name, work] of Object.entries(supplied))
  globalThis[name] = UNTOLD.has(name)
    ? work
    : async (...args) => {
        fs.appendFileSync(EFFECTS, `${JSON.stringify({ name, args })}\n`);
        return work(...args);
      };
