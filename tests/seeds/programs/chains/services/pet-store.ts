export interface Pet {
  id: string
  name: string
  species: 'cat' | 'dog' | 'bird'
}

export interface FoodOrder {
  id: string
  petId: string
  grams: number
  status: 'placed' | 'shipped' | 'overdue'
  shipBy: string
}

let count = 0
export const nextId = (kind: string): string => `${kind}-${Date.now()}-${++count}`

export const dueIn = (minutes: number): string => new Date(Date.now() + minutes * 60_000).toISOString()
