import type { ApiRouteConfig, Handlers } from '@motia/core'
import { z } from 'zod'
import { Pet, nextId } from '../../services/pet-store'

export const config: ApiRouteConfig = {
  type: 'api',
  name: 'CreatePet',
  method: 'POST',
  path: '/pets',
  bodySchema: z.object({
    name: z.string().min(1),
    species: z.enum(['cat', 'dog', 'bird']),
    food: z.object({ grams: z.number().positive(), minutes: z.number().default(60) }).optional(),
  }),
  emits: ['food.ordered'],
  flows: ['pet-store'],
}

export const handler: Handlers['CreatePet'] = async (req, { emit, state, logger }) => {
  const { name, species, food } = req.body
  const pet: Pet = { id: nextId('pet'), name, species }
  await state.set('pets', pet.id, pet)
  if (food) await emit({ topic: 'food.ordered', data: { petId: pet.id, ...food } })
  logger.info('Pet created', { petId: pet.id })
  return { status: 201, body: pet }
}
