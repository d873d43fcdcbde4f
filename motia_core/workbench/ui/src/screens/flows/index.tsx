/** Flows: steps and the topics between them, as a graph that shows what passes. */
import { Plus, Workflow } from 'lucide-react'
import { lazy, Suspense, useCallback, useMemo } from 'react'
import { useParam } from '../../app/address'
import { type About, useGet } from '../../data'
import { Button, Empty, ErrorNote, format, Screen, SearchField, Skeleton } from '../../design'
import { AddStep } from './AddStep'
import { useVersions, VersionsContext } from './custom/versions'
import css from './flows.module.css'
import { graphOf, meant } from './graph'
import { nameOf, Picker } from './Picker'
import { StepPanel } from './StepPanel'
import { useArranged } from './useArranged'
import { ALL, type Shown, useFlows } from './useFlows'
import { usePlaces } from './usePlaces'
import { useWatch, WatchContext } from './watch'

const Canvas = lazy(() => import('./Canvas'))
const NO_FLOW = { id: '', name: '', steps: [], edges: [] }

export default function Flows() {
  const shown = useFlows()
  const watch = useWatch()
  const [q, setQ] = useParam('q')
  const [step, setStep] = useParam('step')
  const [, setTab] = useParam('tab')
  const [adding, setAdding] = useParam('add')
  const { data: about } = useGet<About>('/__motia')

  const graph = useMemo(() => graphOf(shown.flow ?? NO_FLOW, shown.heard), [shown.flow, shown.heard])
  const arranged = useArranged(graph)
  const places = usePlaces(shown.saved, shown.view, graph, arranged, shown.configs)
  const found = useMemo(() => (q.trim() ? meant(graph.nodes, q) : null), [graph, q])
  const versions = useVersions(shown.flow?.steps ?? NO_FLOW.steps, about?.isDev ?? false)
  const chosen = graph.nodes.find((node) => node.id === step || node.step.name === step)

  const select = useCallback(
    (id: string, isSource = false) => {
      setStep(id, { push: true })
      if (isSource) setTab('source')
    },
    [setStep, setTab],
  )
  const close = useCallback(() => {
    setStep('')
    setTab('')
  }, [setStep, setTab])
  const add = about?.isDev ? (
    <Button icon={Plus} onClick={() => setAdding('step')} data-testid="add-step">
      Add a step
    </Button>
  ) : null
  return (
    <WatchContext value={watch}>
      <Screen
        title="Flows"
        testId="flows"
        about={
          <>
            <Picker shown={shown} />
            <span className={css.size}>
              {shown.flow
                ? `${format.plural(graph.nodes.length, 'step')}, ${format.plural(graph.lines.length, 'line')}`
                : null}
            </span>
          </>
        }
        actions={
          <>
            {q.trim() && found ? (
              <span className={css.size} role="status" data-testid="flow-found">
                {found.length ? `${found.length} found` : 'nothing found'}
              </span>
            ) : null}
            <SearchField value={q} onChange={setQ} label="Find a step" testId="flow-search" />
            {add}
          </>
        }
        panel={
          chosen ? (
            <StepPanel
              key={chosen.id}
              step={chosen.step}
              unheard={chosen.unheard}
              view={shown.view}
              onClose={close}
            />
          ) : null
        }
      >
        <Body shown={shown} add={add}>
          {places.all ? (
            <VersionsContext value={versions}>
              <Suspense fallback={<Waiting count={graph.nodes.length} />}>
                <Canvas
                  graph={graph}
                  places={places}
                  view={shown.view}
                  selected={chosen?.id ?? ''}
                  found={found}
                  onSelect={select}
                />
              </Suspense>
            </VersionsContext>
          ) : (
            <Waiting count={graph.nodes.length} />
          )}
        </Body>
      </Screen>
      {about?.isDev ? <AddStep open={adding === 'step'} onClose={() => setAdding('')} shown={shown} /> : null}
    </WatchContext>
  )
}

function Waiting({ count }: { count: number }) {
  return (
    <div className={css.waiting} role="status">
      {count > 200 ? `Laying out ${format.count(count)} steps…` : ''}
    </div>
  )
}

function Body({ shown, add, children }: { shown: Shown; add: React.ReactNode; children: React.ReactNode }) {
  if (shown.error) return <ErrorNote error={shown.error} onRetry={shown.reload} />
  if (shown.isLoading) return <Skeleton />
  if (!shown.flow)
    return (
      <Empty icon={Workflow} title={`There is no flow called ${nameOf(shown.view)}`}>
        A flow is there as long as a step names it in <code>flows</code>. Choose another one above.
      </Empty>
    )
  if (shown.flow.steps.length === 0)
    return (
      <Empty
        icon={Workflow}
        title={shown.view === ALL ? 'No steps yet' : 'No steps here'}
        code="export const config = { type: 'api', name: 'Hello', method: 'GET', path: '/hello', emits: [] }"
        action={add}
      >
        A step is a file in <code>steps/</code> with a config and a handler. Steps that emit and subscribe to
        the same topic are joined by a line.
      </Empty>
    )
  return children
}
