/** How a call went, in a word and a colour: its status, or where it stands. */
import { Badge, Dot, type Tone } from '../../design'
import type { Call } from './call'
import { useCall } from './calls'

export function StatusBadge({ call }: { call: Call }) {
  useCall(call)
  const [tone, words] = said(call)
  return (
    <Badge tone={tone}>
      {call.isUnderWay ? <Dot tone="running" pulses /> : null}
      <span data-testid="endpoint-status">{words}</span>
    </Badge>
  )
}

function said(call: Call): [Tone, string] {
  const { status, statusText } = call
  const line = `${status} ${statusText}`.trim()
  if (call.state === 'waiting') return ['running', 'waiting']
  if (call.state === 'failed') return ['fail', status ? `${line}, then cut off` : 'not answered']
  if (call.state === 'cancelled') return ['idle', status ? `${line}, stopped` : 'cancelled']
  if (call.isOpaque) return ['accent', 'redirect']
  const tone = status >= 500 ? 'fail' : status >= 400 ? 'warn' : status >= 300 ? 'accent' : 'ok'
  return [call.state === 'receiving' ? 'running' : tone, line]
}
