import { NoopConfig } from 'motia'

export const config: NoopConfig = {
  type: 'noop',
  name: 'PaymentGateway',
  description: 'Somebody else takes the money',
  virtualSubscribes: ['invoice.written'],
  virtualEmits: ['/webhook/payment'],
  flows: ['shop'],
}
