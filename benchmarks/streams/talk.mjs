/** How a measure and its clients talk: a line with a verb in, a line of JSON out. Ends when the input ends. */
import { createInterface } from 'node:readline';

export async function serve(verbs) {
  for await (const line of createInterface({ input: process.stdin })) {
    const [verb, ...args] = JSON.parse(line);
    console.log(JSON.stringify((await verbs[verb](...args)) ?? null));
  }
  process.exit(0);
}

export const now = () => Number(process.hrtime.bigint()) / 1e6;
