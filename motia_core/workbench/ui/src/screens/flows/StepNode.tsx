/** A step in the graph: what it is, what starts it, how it fares. */
import type { Node, NodeProps } from '@xyflow/react'
import { Braces } from 'lucide-react'
import { memo, type ReactNode, useContext } from 'react'
import { Link } from 'wouter'
import { to } from '../../app/address'
import type { Step } from '../../data'
import { classes, format, IconButton, LanguageTag, MethodTag } from '../../design'
import { CustomNode } from './custom/CustomNode'
import { ICONS } from './custom/Head'
import type { GraphNode, Place } from './graph'
import { Handles } from './Handles'
import { NodeActions } from './nodeActions'
import css from './StepNode.module.css'
import { type Going, useGoing } from './watch'

export type StepBox = Node<
  { node: GraphNode; place: Pick<Place, 'source' | 'target'>; look: 'plain' | 'found' | 'quiet' },
  'step'
>

export const slug = (name: string): string => name.toLowerCase().replaceAll(' ', '-')

export const StepNode = memo(function StepNode({ data, selected }: NodeProps<StepBox>) {
  const { node, place, look } = data
  const { step } = node
  const going = useGoing(step.name)
  const actions = useContext(NodeActions)
  const tone = going.failing ? 'failing' : going.running > 0 ? 'running' : 'calm'
  const plain = (
    <>
      <Face step={step} onSource={() => actions.source(step.id)} />
      <Unheard topics={node.unheard} />
      <Foot step={step} going={going} />
    </>
  )
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is for forms
    <div
      className={classes(css.node, selected && css.selected, css[look])}
      data-kind={step.type}
      data-state={tone}
      data-testid={`node-${slug(step.name)}`}
      data-step={step.id}
      role="group"
      aria-label={spoken(step, going)}
      tabIndex={actions.stop === step.id ? 0 : -1}
      onKeyDown={(event) => actions.press(event, step.id)}
      onFocus={() => actions.onStop(step.id)}
    >
      <Handles id={step.id} name={step.name} place={place} gives={node.gives} takes={node.takes} />
      {step.nodeComponentPath ? (
        <CustomNode
          step={step}
          testId={`open-code-preview-button-${slug(step.name)}`}
          place={place}
          onSource={() => actions.source(step.id)}
          foot={<Foot step={step} going={going} />}
        >
          {plain}
        </CustomNode>
      ) : (
        plain
      )}
    </div>
  )
})

function Face({ step, onSource }: { step: Step; onSource: () => void }) {
  const Icon = ICONS[step.type]
  return (
    <>
      <div className={css.head}>
        <span className={css.icon}>
          <Icon size={16} aria-hidden />
        </span>
        <span className={css.words}>
          <span className={css.name} title={step.name}>
            {step.name}
          </span>
          <span className={css.kind}>{step.type}</span>
        </span>
        <IconButton
          icon={Braces}
          label={`Source of ${step.name}`}
          small
          className={classes(css.source, 'nodrag')}
          onClick={(event) => {
            event.stopPropagation()
            onSource()
          }}
          data-testid={`open-code-preview-button-${slug(step.name)}`}
        />
      </div>
      <Begins step={step} />
      {step.description ? (
        <p className={css.description} title={step.description}>
          {step.description}
        </p>
      ) : null}
    </>
  )
}

/** What starts it. */
export function Begins({ step }: { step: Step }): ReactNode {
  if (step.type === 'api' && step.webhookUrl) {
    const [method = '', path = ''] = step.webhookUrl.split(' ')
    return (
      <div className={css.begins}>
        <MethodTag method={method} />
        <span className={css.mono} title={path}>
          {path}
        </span>
      </div>
    )
  }
  if (step.type === 'cron') return <div className={classes(css.begins, css.mono)}>{step.cronExpression}</div>
  if (step.type === 'event') {
    const [first = 'nothing yet', ...more] = step.subscribes ?? []
    return (
      <div className={css.begins} title={(step.subscribes ?? []).join('\n')}>
        <span className={css.on}>on</span>
        <span className={css.mono}>{first === '*' ? 'every topic' : first}</span>
        {more.length ? <span className={css.more}>+{more.length}</span> : null}
      </div>
    )
  }
  return null
}

function Unheard({ topics }: { topics: string[] }) {
  if (topics.length === 0) return null
  return (
    <div className={css.unheard} title={`Nobody listens to ${topics.join(', ')}`} data-testid="unheard">
      <span className={css.mono}>{topics[0]}</span>
      {topics.length > 1 ? <span>+{topics.length - 1}</span> : null}
      <span className={css.unheardWord}>nobody listens</span>
    </div>
  )
}

function Foot({ step, going }: { step: Step; going: Going }) {
  const { failing, running, waiting, dead, paused, runs } = going
  return (
    <div className={css.foot}>
      {failing ? (
        <Link
          href={to.trace(failing.traceId, { run: failing.run })}
          className={classes(css.error, 'nodrag')}
          title={`${failing.message}\nOpen the trace`}
          onClick={(event) => event.stopPropagation()}
        >
          {failing.message}
        </Link>
      ) : step.language ? (
        <LanguageTag language={step.language} />
      ) : null}
      <span className={css.figures}>
        {paused ? <span className={css.paused}>paused</span> : null}
        {running > 0 ? <span className={css.runs}>{format.count(running)} running</span> : null}
        {waiting > 0 ? (
          <Link href={to.queue(step.name, { state: 'waiting' })} className={classes(css.waiting, 'nodrag')}>
            {format.count(waiting)} waiting
          </Link>
        ) : null}
        {dead > 0 ? (
          <Link href={to.queue(step.name, { state: 'dead' })} className={classes(css.dead, 'nodrag')}>
            {format.count(dead)} dead
          </Link>
        ) : null}
        {runs > 0 && running === 0 && waiting === 0 && !failing ? (
          <span className={css.done}>{format.plural(runs, 'run')}</span>
        ) : null}
      </span>
    </div>
  )
}

function spoken(step: Step, { failing, running, waiting, dead }: Going): string {
  const parts = [`${step.name}, ${step.type} step`]
  if (failing) parts.push(`failing: ${failing.message}`)
  if (running) parts.push(`${running} running`)
  if (waiting) parts.push(`${waiting} waiting`)
  if (dead) parts.push(`${dead} dead`)
  return parts.join(', ')
}
