/** Nearer, further, all of it, and putting everything back in order. */
import { useReactFlow } from '@xyflow/react'
import { Maximize, Minus, Plus, Sparkles } from 'lucide-react'
import { confirm, format, IconButton } from '../../design'
import css from './Canvas.module.css'

export function Controls({ onWhole, onTidy, put }: { onWhole: () => void; onTidy: () => void; put: number }) {
  const flow = useReactFlow()
  const tidy = async () => {
    if (
      put > 0 &&
      !(await confirm({
        title: 'Tidy up?',
        text: `Steps are laid out from left to right again. Where ${format.plural(put, 'step')} stood is taken out of motia-workbench.json.`,
        action: 'Tidy up',
      }))
    )
      return
    onTidy()
    requestAnimationFrame(() => requestAnimationFrame(onWhole))
  }
  return (
    <div className={css.controls} role="toolbar" aria-label="View">
      <IconButton icon={Plus} label="Zoom in" small onClick={() => void flow.zoomIn({ duration: 150 })} />
      <IconButton icon={Minus} label="Zoom out" small onClick={() => void flow.zoomOut({ duration: 150 })} />
      <IconButton icon={Maximize} label="Show all" small onClick={onWhole} data-testid="flow-whole" />
      <IconButton icon={Sparkles} label="Tidy up" small onClick={() => void tidy()} data-testid="flow-tidy" />
    </div>
  )
}
