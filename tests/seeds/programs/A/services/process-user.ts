// Supplied: what the document's batch processor calls. Notes when it begins and ends in the file BATCH_LOG names, and
// waits until the file BATCH_GATE exists, so that whoever watches can count how many run at the same time.
import { appendFileSync, existsSync } from 'node:fs';

export async function processUser(userId: string) {
  const { BATCH_LOG, BATCH_GATE } = process.env;
  if (BATCH_LOG) appendFileSync(BATCH_LOG, `begin ${userId} ${process.pid}\n`);
  while (BATCH_GATE && !existsSync(BATCH_GATE)) await new Promise((resolve) => setTimeout(resolve, 10));
  if (BATCH_LOG) appendFileSync(BATCH_LOG, `end ${userId} ${process.pid}\n`);
  return { userId, done: true };
}
