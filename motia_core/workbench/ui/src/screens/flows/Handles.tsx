/** Where lines begin and end at a node: nothing where nothing is emitted or heard. A press moves an end to the other side. */
import { Handle, Position } from '@xyflow/react'
import { useContext } from 'react'
import { classes } from '../../design'
import type { Place } from './graph'
import { NodeActions } from './nodeActions'
import css from './StepNode.module.css'

interface HandlesProps {
  id: string
  name: string
  place: Pick<Place, 'source' | 'target'>
  gives: boolean
  takes: boolean
}

export function Handles({ id, name, place, gives, takes }: HandlesProps) {
  const { turn } = useContext(NodeActions)
  const target = place.target === 'top' ? Position.Top : Position.Left
  const source = place.source === 'bottom' ? Position.Bottom : Position.Right
  return (
    <>
      <Handle
        type="target"
        position={target}
        isConnectable={false}
        className={classes(css.handle, !takes && css.hidden)}
      >
        {takes ? (
          <button
            type="button"
            className={classes(css.turn, 'nodrag')}
            tabIndex={-1}
            aria-label={`Move the entry of ${name} to the ${place.target === 'top' ? 'left' : 'top'}`}
            onClick={(event) => {
              event.stopPropagation()
              turn(id, { target: place.target === 'top' ? 'left' : 'top' })
            }}
          />
        ) : null}
      </Handle>
      <Handle
        type="source"
        position={source}
        isConnectable={false}
        className={classes(css.handle, !gives && css.hidden)}
      >
        {gives ? (
          <button
            type="button"
            className={classes(css.turn, 'nodrag')}
            tabIndex={-1}
            aria-label={`Move the exit of ${name} to the ${place.source === 'bottom' ? 'right' : 'bottom'}`}
            onClick={(event) => {
              event.stopPropagation()
              turn(id, { source: place.source === 'bottom' ? 'right' : 'bottom' })
            }}
          />
        ) : null}
      </Handle>
    </>
  )
}
