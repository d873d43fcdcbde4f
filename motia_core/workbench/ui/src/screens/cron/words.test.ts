/** Tables of what cron expressions become. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inWords } from './words.ts'

function says(table: [string, string | null][]): void {
  for (const [expression, wanted] of table) assert.equal(inWords(expression), wanted, expression)
}

test('rhythms', () => {
  says([
    ['* * * * *', 'every minute'],
    ['*/1 * * * *', 'every minute'],
    ['*/5 * * * *', 'every 5 minutes'],
    ['*/7 * * * *', 'every 7 minutes, anew each hour'],
    ['0 * * * *', 'every hour'],
    ['15 * * * *', 'every hour at minute 15'],
    ['0,30 * * * *', 'every hour at minute 0 and 30'],
    ['0 */6 * * *', 'every 6 hours'],
    ['30 */6 * * *', 'every 6 hours at minute 30'],
    ['0 9-17 * * *', 'every hour from 09:00 to 17:00'],
    ['*/15 9-17 * * 1-5', 'every 15 minutes from 09:00 to 17:59, every weekday'],
  ])
})

test('seconds', () => {
  says([
    ['* * * * * *', 'every second'],
    ['*/10 * * * * *', 'every 10 seconds'],
    ['0 * * * * *', 'every minute'],
    ['30 * * * * *', 'every minute at second 30'],
    ['0 0 9 * * *', 'every day at 09:00'],
    ['15 30 9 * * *', 'every day at 09:30:15'],
    ['* 5 * * * *', null],
  ])
})

test('times and days', () => {
  says([
    ['0 9 * * *', 'every day at 09:00'],
    ['0 9 * * 1-5', 'every weekday at 09:00'],
    ['0 9 * * MON-FRI', 'every weekday at 09:00'],
    ['0 9,17 * * *', 'every day at 09:00 and 17:00'],
    ['0 9 * * 1', 'every Monday at 09:00'],
    ['0 9 * * 7', 'every Sunday at 09:00'],
    ['0 9 * * mon,thu', 'every Monday and Thursday at 09:00'],
    ['0 9 * * 0,6', 'every Saturday and Sunday at 09:00'],
    ['0 9 * * 2-4', 'Tuesday to Thursday at 09:00'],
    ['0 0 1 * *', 'on the 1st of the month at 00:00'],
    ['0 0 1,15,22,23 * *', 'on the 1st, 15th, 22nd and 23rd of the month at 00:00'],
    ['0 0 L * *', 'on the last day of the month at 00:00'],
    ['0 0 1 1 *', 'on the 1st of the month at 00:00, in January'],
    ['0 8 * JUN-AUG *', 'every day at 08:00, from June to August'],
    ['0 0 1 */3 *', 'on the 1st of the month at 00:00, every 3rd month'],
    ['@daily', 'every day at 00:00'],
    ['@weekly', 'every Sunday at 00:00'],
    ['@Hourly', 'every hour'],
  ])
})

test('what cannot be said briefly is left as it is', () => {
  says([
    ['0 0 13 * 5', null],
    ['0 0 * * 1#2', null],
    ['1,2,3 4,5,6 * * *', null],
    ['0 9 */2 * *', null],
    ['61 * * * *', null],
    ['0 9 * * FOO', null],
    ['', null],
    ['@reboot', null],
  ])
})
