import { NoopConfig } from 'motia'

/** Drawn in diagrams, never run: the parcel service is somebody else's. */
export const config: NoopConfig = {
  type: 'noop',
  name: 'ParcelService',
  description: 'Collects what was paid',
  virtualSubscribes: ['payment.processed'],
  virtualEmits: [],
  flows: ['orders'],
}
