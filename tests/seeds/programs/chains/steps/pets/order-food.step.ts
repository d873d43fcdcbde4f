import type { EventConfig, Handlers } from '@motia/core'
import { z } from 'zod'
import { FoodOrder, dueIn, nextId } from '../../services/pet-store'

export const config: EventConfig = {
  type: 'event',
  name: 'OrderFood',
  subscribes: ['food.ordered'],
  emits: ['order.placed'],
  input: z.object({ petId: z.string(), grams: z.number(), minutes: z.number() }),
  flows: ['pet-store'],
}

export const handler: Handlers['OrderFood'] = async ({ petId, grams, minutes }, { emit, state }) => {
  const order: FoodOrder = { id: nextId('order'), petId, grams, status: 'placed', shipBy: dueIn(minutes) }
  await state.set('orders', order.id, order)
  await emit({ topic: 'order.placed', data: { petId, orderId: order.id, text: `${grams} g are on their way` } })
}
