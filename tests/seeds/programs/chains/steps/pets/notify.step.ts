import type { EventConfig, Handlers } from '@motia/core'

export const config: EventConfig = {
  type: 'event',
  name: 'NotifyOwner',
  subscribes: ['order.placed', 'order.overdue'],
  emits: [],
  flows: ['pet-store'],
}

export const handler: Handlers['NotifyOwner'] = async ({ petId, text }, { state, topic }) => {
  await state.set('notices', `${topic}:${petId}`, { text })
}
