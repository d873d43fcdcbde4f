import { execSync } from 'node:child_process';
import fs from 'node:fs';

export const config = { type: 'event', name: 'prints', subscribes: ['t.prints'] };

export const handler = async () => {
  console.log('hello');
  fs.writeSync(1, 'raw\n');
  execSync('echo child', { stdio: 'inherit' });
  return 'printed';
};
