/** Why a worker went, and what its state means, in words. Pure. */
import type { Tone } from '../../design'

interface Said {
  tone: Tone
  /** In a word or two. */
  short: string
  /** What happened, and what it means. */
  long: string
}

const REASONS: Record<string, Said> = {
  crash: {
    tone: 'fail',
    short: 'ended by itself',
    long: 'Its process ended while it was needed. Its runs failed or are tried again.',
  },
  protocol: {
    tone: 'fail',
    short: 'broke the wire',
    long: 'It said something the server cannot understand.',
  },
  blocked: {
    tone: 'fail',
    short: 'hung',
    long: 'It gave no sign of life, and nobody waited for it any more.',
  },
  deadline: {
    tone: 'fail',
    short: 'did not stop',
    long: 'A handler went on after its deadline, so its process was given up.',
  },
  load: {
    tone: 'fail',
    short: 'ended while loading',
    long: 'A file ended or stopped the process while it was being loaded.',
  },
  memory: {
    tone: 'warn',
    short: 'too large',
    long: 'It had grown above the memory its pool allows. Is something kept for ever?',
  },
  jobs: {
    tone: 'idle',
    short: 'had done its share',
    long: 'It had served as many runs as the pool allows one worker (maxJobs).',
  },
  lifetime: {
    tone: 'idle',
    short: 'old enough',
    long: 'It had reached the age the pool allows one worker (lifetime).',
  },
  reload: { tone: 'idle', short: 'replaced', long: 'Files had changed, or somebody asked for a restart.' },
  idle: {
    tone: 'idle',
    short: 'nothing to do',
    long: 'There was nothing to do for it: the pool became smaller.',
  },
  shrink: {
    tone: 'idle',
    short: 'not needed',
    long: 'The pool had grown for a while and became smaller again.',
  },
  fresh: { tone: 'idle', short: 'served its call', long: 'Each of these serves one call and ends.' },
  shutdown: { tone: 'idle', short: 'server ended', long: 'The server was ending.' },
}

export function reasonOf(reason: string): Said {
  return REASONS[reason] ?? { tone: 'idle', short: reason, long: '' }
}

const STATES: Record<string, { state: string; says: string }> = {
  blocked: { state: 'blocked', says: 'silent' },
  failed: { state: 'failed', says: 'ended' },
}

/** The word shown for the state of a worker, and the one its colour goes by. */
export function workerState(state: string): { state: string; says: string } {
  return STATES[state] ?? { state, says: state }
}

const POOLS: Record<string, { state: string; says: string }> = {
  'crash-looping': { state: 'failing', says: 'does not start' },
  missing: { state: 'missing', says: 'runtime is missing' },
}

export function poolState(state: string): { state: string; says: string } {
  return POOLS[state] ?? { state, says: state }
}
