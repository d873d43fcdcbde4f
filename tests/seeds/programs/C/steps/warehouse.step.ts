import type { NoopConfig } from '@motia/core'

/** Stands for people outside, in drawings; never runs. */
export const config: NoopConfig = {
  type: 'noop',
  name: 'Warehouse',
  virtualSubscribes: ['payment.processed'],
  virtualEmits: ['parcel.sent'],
  flows: ['ecommerce'],
}
