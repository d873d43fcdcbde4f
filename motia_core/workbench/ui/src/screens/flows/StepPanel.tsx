/** The chosen step: what it is and how it fares, its source, and running it by hand. */
import { useParam } from '../../app/address'
import type { Step } from '../../data'
import { KindTag, LanguageTag, Panel, Tabs } from '../../design'
import { About } from './About'
import { RunStep } from './RunStep'
import { Source } from './Source'

interface StepPanelProps {
  step: Step
  unheard: string[]
  /** The flow that is shown. */
  view: string
  onClose: () => void
}

export function StepPanel({ step, unheard, view, onClose }: StepPanelProps) {
  const [tab, setTab] = useParam('tab', 'about')
  const tabs = [
    {
      id: 'about',
      label: 'About',
      content: <About step={step} unheard={unheard} view={view} />,
      testId: 'step-about',
    },
    { id: 'source', label: 'Source', content: <Source step={step} />, testId: 'step-source' },
  ]
  if (step.type !== 'noop')
    tabs.push({ id: 'run', label: 'Run', content: <RunStep step={step} />, testId: 'step-run' })
  return (
    <Panel
      title={step.name}
      subtitle={
        <>
          <KindTag kind={step.type} /> {step.language ? <LanguageTag language={step.language} /> : null}
        </>
      }
      onClose={onClose}
      name="flow-step"
      label={`Step ${step.name}`}
    >
      <Tabs tabs={tabs} value={tab} onChange={setTab} label="About the step" />
    </Panel>
  )
}
