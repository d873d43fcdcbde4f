/** What components of authors' own are made of: the nodes they may change, and the place where their scripts look for it.
 *  There is one React in the page, so they get ours. */
import { Handle, type HandleType, Position } from '@xyflow/react'
import * as React from 'react'
import { createContext, type ReactNode, useContext } from 'react'
import * as jsx from 'react/jsx-runtime'
import type { Step, StepKind } from '../../../data'
import css from './custom.module.css'
import { Head } from './Head'

/** What the node around a component knows of it. */
export interface Around {
  step: Step
  onSource: () => void
}

export const AroundContext = createContext<Around | null>(null)

interface NodeShape {
  data?: Partial<Step>
  children?: ReactNode
  className?: string
  title?: ReactNode
  subtitle?: ReactNode
  variant?: string
  excludePubsub?: boolean
}

/** A node with a head; `children` stand below it. */
function BaseNode({ data, title, subtitle, variant, className, children }: NodeShape) {
  const around = useContext(AroundContext)
  const kind = (variant ?? data?.type ?? around?.step.type ?? 'noop') as StepKind
  return (
    <div className={`${css.base} ${className ?? ''}`} data-kind={kind}>
      <Head
        kind={kind}
        title={title ?? data?.name ?? around?.step.name}
        text={subtitle ?? data?.description}
      />
      {children ? <div className={css.body}>{children}</div> : null}
    </div>
  )
}

const of = (variant: StepKind) =>
  function KindNode(props: NodeShape) {
    return <BaseNode {...props} variant={variant} />
  }

interface HandleShape {
  type: HandleType
  position?: Position
  id?: string
  className?: string
}

/** The graph draws a step's ends by itself; those of authors stand beside them and join nothing. */
function BaseHandle({ type, position, id, className }: HandleShape) {
  const side = position ?? (type === 'target' ? Position.Left : Position.Right)
  return (
    <Handle
      type={type}
      position={side}
      id={id ?? `own-${type}`}
      isConnectable={false}
      className={`${css.own} ${className ?? ''}`}
    />
  )
}

const workbench = {
  BaseNode,
  ApiNode: of('api'),
  EventNode: of('event'),
  CronNode: of('cron'),
  NoopNode: of('noop'),
  BaseHandle,
  Position,
}

/** Before any of their scripts is loaded. */
export function offer(): void {
  const place = globalThis as unknown as Record<symbol, unknown>
  place[Symbol.for('motia.workbench')] ??= { react: React, 'react/jsx-runtime': jsx, workbench }
}
