/** Looks for a pattern in texts, away from the page: one that never ends can be ended. */
import { foundIn, type PatternAnswer, type PatternTask } from './patterns'

addEventListener('message', ({ data }: MessageEvent<PatternTask>) => {
  const answer: PatternAnswer = { task: data.task, found: foundIn(data.pattern, data.texts) }
  postMessage(answer)
})

// It has been loaded: from now on the time counts.
postMessage({ task: 0, found: [] } satisfies PatternAnswer)
