/** Which step's lines are shown: a list to search in, as there may be a thousand steps. */
import { ChevronDown, X } from 'lucide-react'
import { useMemo, useState } from 'react'
import { type Step, useList } from '../../data'
import { Button, IconButton, Popover, SearchField, VirtualList } from '../../design'
import css from './Logs.module.css'

interface StepChoiceProps {
  value: string
  onChange: (step: string) => void
}

export function StepChoice({ value, onChange }: StepChoiceProps) {
  const [isOpen, setOpen] = useState(false)
  if (value)
    return (
      <span className={css.chip}>
        <span>{value}</span>
        <IconButton icon={X} label="Lines of every step" small onClick={() => onChange('')} />
      </span>
    )
  return (
    <Popover
      label="Choose a step"
      open={isOpen}
      onOpenChange={setOpen}
      trigger={
        <Button data-testid="step-filter">
          Step
          <ChevronDown size={14} aria-hidden />
        </Button>
      }
    >
      <Choices
        onChange={(step) => {
          setOpen(false)
          onChange(step)
        }}
      />
    </Popover>
  )
}

function Choices({ onChange }: { onChange: (step: string) => void }) {
  const [text, setText] = useState('')
  const { items } = useList<Step>('api/steps', {}, { limit: 1000 })
  const found = useMemo(() => {
    const wanted = text.trim().toLowerCase()
    const names = [...new Set(items.map((step) => step.name))].sort((a, b) => a.localeCompare(b))
    return wanted ? names.filter((name) => name.toLowerCase().includes(wanted)) : names
  }, [items, text])
  return (
    <div className={css.choices}>
      <SearchField value={text} onChange={setText} label="Search steps" pause={0} />
      <div className={css.list}>
        <VirtualList
          items={found}
          keyOf={(name) => name}
          row={(name) => <span className={css.choice}>{name}</span>}
          label="Steps"
          height={30}
          onSelect={onChange}
        />
      </div>
      {text.trim() && found.length === 0 ? (
        // Steps that are no more have lines too.
        <Button small onClick={() => onChange(text.trim())}>
          Lines of “{text.trim()}”
        </Button>
      ) : null}
    </div>
  )
}
