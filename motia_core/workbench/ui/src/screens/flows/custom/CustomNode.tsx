/** A node drawn by a component of the author's own, which stands beside the step. Until it is there, and when it cannot be
 *  drawn, the plain node stands in its place and says why. */
import { Braces, TriangleAlert } from 'lucide-react'
import {
  Component,
  type ComponentType,
  type ReactNode,
  useContext,
  useEffect,
  useMemo,
  useState,
} from 'react'
import type { Step } from '../../../data'
import { IconButton } from '../../../design'
import type { Place } from '../graph'
import css from './custom.module.css'
import { AroundContext, offer } from './kit'
import { VersionsContext } from './versions'

interface CustomNodeProps {
  step: Step
  place: Pick<Place, 'source' | 'target'>
  onSource: () => void
  testId: string
  /** Language and figures, which stand below whatever the author draws. */
  foot: ReactNode
  /** The plain node. */
  children: ReactNode
}

type Drawn = ComponentType<{ data: Step & { nodeConfig: object }; id: string }>
type Loaded = { Node: Drawn } | { error: string } | null

export function CustomNode({ step, place, onSource, testId, foot, children }: CustomNodeProps) {
  const loaded = useComponent(step.id)
  const [broken, setBroken] = useState<{ of: Loaded; why: string } | null>(null)
  const around = useMemo(() => ({ step, onSource }), [step, onSource])
  const data = useMemo(
    () => ({
      ...step,
      nodeConfig: { sourceHandlePosition: place.source, targetHandlePosition: place.target },
    }),
    [step, place.source, place.target],
  )
  if (loaded === null) return children
  const why = 'error' in loaded ? loaded.error : broken?.of === loaded ? broken.why : null
  if (why !== null || 'error' in loaded)
    return (
      <>
        {children}
        <div className={css.note} title={why ?? ''} data-testid="custom-node-note">
          <TriangleAlert size={12} aria-hidden />
          <span className={css.noteText}>Its own component failed: {why}</span>
        </div>
      </>
    )
  const { Node } = loaded
  return (
    <div className={css.frame} data-custom-node={step.name}>
      <AroundContext value={around}>
        <Guard key={step.id} onError={(said) => setBroken({ of: loaded, why: said })}>
          <Node data={data} id={step.id} />
        </Guard>
      </AroundContext>
      <IconButton
        icon={Braces}
        label={`Source of ${step.name}`}
        small
        className={`${css.source} nodrag`}
        onClick={(event) => {
          event.stopPropagation()
          onSource()
        }}
        data-testid={testId}
      />
      {foot}
    </div>
  )
}

/** Its script, again whenever one of its files changes. */
function useComponent(id: string): Loaded {
  const version = useContext(VersionsContext).get(id)
  const [loaded, setLoaded] = useState<Loaded>(null)
  useEffect(() => {
    if (version === undefined) return
    let isWanted = true
    void load(id, version).then((found) => isWanted && setLoaded(found))
    return () => {
      isWanted = false
    }
  }, [id, version])
  return loaded
}

/** By step: what was loaded last, and the script it came from. The same script is not begun anew. */
const last = new Map<string, { script: string; loaded: Loaded }>()

async function load(id: string, version: string): Promise<Loaded> {
  const address = `/__motia/component/${encodeURIComponent(id)}?v=${encodeURIComponent(version)}`
  offer()
  try {
    // An import says nothing of why: ask first, then let the browser load what it has asked for.
    const answer = await fetch(address, { headers: { accept: 'text/javascript' } })
    if (!answer.ok) {
      const said = (await answer.json().catch(() => ({}))) as { error?: string }
      return { error: said.error ?? `the server answered ${answer.status}` }
    }
    const script = await answer.text()
    const known = last.get(id)
    if (known?.script === script) return known.loaded
    const module = (await import(/* @vite-ignore */ address)) as Record<string, unknown>
    if (typeof module.problem === 'string') return { error: module.problem }
    const Node = module.Node ?? module.default
    if (typeof Node !== 'function') return { error: 'it exports neither Node nor a default' }
    const loaded = { Node: Node as Drawn }
    last.set(id, { script, loaded })
    return loaded
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) }
  }
}

/** Catches what an author's component throws. */
class Guard extends Component<
  { children: ReactNode; onError: (why: string) => void },
  { isBroken: boolean }
> {
  override state = { isBroken: false }

  static getDerivedStateFromError(): { isBroken: boolean } {
    return { isBroken: true }
  }

  override componentDidCatch(error: unknown): void {
    this.props.onError(error instanceof Error ? error.message : String(error))
  }

  override render(): ReactNode {
    return this.state.isBroken ? null : this.props.children
  }
}
