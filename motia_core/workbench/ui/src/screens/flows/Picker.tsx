/** Chooses the flow that is shown. */
import { ChevronDown, Layers, Unlink, Workflow } from 'lucide-react'
import { to, useGo } from '../../app/address'
import { Button, Menu, type MenuItem } from '../../design'
import css from './flows.module.css'
import { ALL, LOOSE, type Shown } from './useFlows'

export function Picker({ shown }: { shown: Shown }) {
  const go = useGo()
  const { view, flows, whole, looseCount } = shown
  const items: (MenuItem | null)[] = flows.map((flow) => ({
    label: flow.name,
    icon: Workflow,
    isOn: flow.id === view,
    testId: `dropdown-${flow.name}`,
    onSelect: () => go(to.flow(flow.id)),
  }))
  if (items.length) items.push(null)
  items.push({
    label: `All steps (${whole?.steps.length ?? 0})`,
    icon: Layers,
    isOn: view === ALL,
    testId: 'dropdown-all-steps',
    onSelect: () => go(to.flow(ALL)),
  })
  if (looseCount > 0 && flows.length > 0)
    items.push({
      label: `Without a flow (${looseCount})`,
      icon: Unlink,
      isOn: view === LOOSE,
      testId: 'dropdown-without-flow',
      onSelect: () => go(to.flow(LOOSE)),
    })
  return (
    <Menu items={items} align="start">
      <Button
        data-testid="flows-dropdown-trigger"
        className={css.picker}
        aria-label={`Flow: ${nameOf(view)}`}
      >
        <Workflow size={15} aria-hidden />
        <span className={css.pickerName}>{nameOf(view)}</span>
        <ChevronDown size={14} aria-hidden />
      </Button>
    </Menu>
  )
}

export function nameOf(view: string): string {
  return view === ALL ? 'All steps' : view === LOOSE ? 'Without a flow' : view
}
