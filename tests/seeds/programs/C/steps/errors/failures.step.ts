import type { EventConfig, Handlers } from '@motia/core'

/** Hears the failure topics that nobody declares. */
export const config: EventConfig = {
  type: 'event',
  name: 'Failures',
  subscribes: ['analysis.failed', 'report.failed', 'error.occurred', 'payment.failed'],
  emits: [],
}

export const handler: Handlers['Failures'] = async (input, { state, topic }) => {
  await state.set('failures', `${topic}:${input.reviewId ?? input.error}`, input)
}
