/** Ctrl/Cmd-K: goes to any step, endpoint, flow, screen or trace by a few letters. */
import * as Radix from '@radix-ui/react-dialog'
import { Search } from 'lucide-react'
import { type KeyboardEvent, useEffect, useMemo, useRef, useState } from 'react'
import { type Endpoint, type Flow, type FlowLine, useGet, useList } from '../data'
import { classes, KeyHint } from '../design'
import { to, useGo } from './address'
import css from './Palette.module.css'
import { isTraceId, matching, type Place } from './places'
import { SCREENS } from './screens'

export default function Palette({ onClose }: { onClose: () => void }) {
  const [text, setText] = useState('')
  const [at, setAt] = useState(0)
  const list = useRef<HTMLUListElement>(null)
  const go = useGo()
  const places = usePlaces()
  const found = useMemo(() => [...matching(places, text), ...searches(text)], [places, text])
  const chosen = Math.min(at, found.length - 1)
  useEffect(() => {
    list.current?.children[chosen]?.scrollIntoView({ block: 'nearest' })
  }, [chosen])
  const open = (place: Place | undefined) => {
    if (!place) return
    onClose()
    go(place.href)
  }
  const press = (event: KeyboardEvent) => {
    const steps: Record<string, number> = { ArrowDown: chosen + 1, ArrowUp: chosen - 1 }
    const next = steps[event.key]
    if (next !== undefined) {
      event.preventDefault()
      setAt((next + found.length) % Math.max(1, found.length))
    } else if (event.key === 'Enter') {
      event.preventDefault()
      open(found[chosen])
    }
  }
  return (
    <Radix.Root open onOpenChange={(is) => !is && onClose()}>
      <Radix.Portal>
        <Radix.Overlay className={css.scrim} />
        <Radix.Content className={css.palette} aria-describedby={undefined} data-testid="palette">
          <Radix.Title className="visually-hidden">Go to</Radix.Title>
          <div className={css.field}>
            <Search size={16} aria-hidden />
            <input
              className={css.input}
              role="combobox"
              aria-label="Go to"
              aria-expanded
              aria-controls="palette-list"
              aria-activedescendant={found[chosen] ? `place-${chosen}` : undefined}
              placeholder="A step, endpoint, flow, screen, or a trace id"
              autoComplete="off"
              spellCheck={false}
              value={text}
              onChange={(event) => {
                setText(event.target.value)
                setAt(0)
              }}
              onKeyDown={press}
            />
          </div>
          <ul ref={list} id="palette-list" role="listbox" aria-label="Places" className={css.list}>
            {found.map((place, index) => (
              <li
                key={place.id}
                id={`place-${index}`}
                role="option"
                aria-selected={index === chosen}
                className={classes(css.place, index === chosen && css.chosen)}
                onClick={() => open(place)}
                onPointerMove={() => setAt(index)}
              >
                <span className={css.kind}>{place.kind}</span>
                <span className={css.label}>{place.label}</span>
                {place.detail ? <span className={css.detail}>{place.detail}</span> : null}
              </li>
            ))}
          </ul>
          <div className={css.foot}>
            <KeyHint keys="↑ ↓" /> move <KeyHint keys="Enter" /> go <KeyHint keys="Esc" /> close
          </div>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  )
}

function usePlaces(): Place[] {
  const graph = useGet<Flow>('api/graph').data
  const flows = useList<FlowLine>('api/flows', {}, { limit: 1000 }).items
  const endpoints = useList<Endpoint>('api/endpoints', {}, { limit: 1000 }).items
  return useMemo(
    () => [
      ...SCREENS.map((one) => ({
        id: `screen ${one.id}`,
        label: one.label,
        kind: 'screen',
        href: `/${one.id}`,
      })),
      ...(graph?.steps ?? []).map((one) => ({
        id: `step ${one.id}`,
        label: one.name,
        kind: 'step',
        detail: one.filePath,
        href: to.flow(one.flows[0], { step: one.id }),
      })),
      ...endpoints.map((one) => ({
        id: `endpoint ${one.id}`,
        label: `${one.method} ${one.path}`,
        kind: 'endpoint',
        detail: one.step,
        href: to.endpoint(one.id),
      })),
      ...flows.map((one) => ({ id: `flow ${one.id}`, label: one.name, kind: 'flow', href: to.flow(one.id) })),
    ],
    [graph, flows, endpoints],
  )
}

/** What can be looked for when nothing is called so. */
function searches(text: string): Place[] {
  const wanted = text.trim()
  if (!wanted) return []
  const looks = [
    { id: 'traces', label: `Search traces for “${wanted}”`, kind: 'search', href: to.traces({ q: wanted }) },
    { id: 'logs', label: `Search logs for “${wanted}”`, kind: 'search', href: to.logs({ q: wanted }) },
  ]
  return isTraceId(wanted)
    ? [{ id: 'trace', label: wanted, kind: 'trace', href: to.trace(wanted) }, ...looks]
    : looks
}
