/** What narrows the entries down: a text in their keys, and filters of what their values hold. All in the address. */
import { ListFilter, X } from 'lucide-react'
import { useState } from 'react'
import type { StateFilter } from '../../data'
import { Button, Field, IconButton, Input, Popover, SearchField, Select } from '../../design'
import css from './State.module.css'
import { filterSaid, needsValue, OPERATIONS } from './values'

interface StateFiltersProps {
  q: string
  filters: readonly StateFilter[]
  onSearch: (q: string) => void
  onFilters: (filters: StateFilter[]) => void
}

export function StateFilters({ q, filters, onSearch, onFilters }: StateFiltersProps) {
  const [isOpen, setOpen] = useState(false)
  return (
    <>
      <SearchField value={q} onChange={onSearch} label="Search keys" testId="states-search" />
      <Popover
        label="Filter by what values hold"
        open={isOpen}
        onOpenChange={setOpen}
        trigger={
          <Button icon={ListFilter} data-testid="add-filter">
            Filter values
          </Button>
        }
      >
        <NewFilter
          onAdd={(filter) => {
            setOpen(false)
            onFilters([...filters, filter])
          }}
        />
      </Popover>
      {filters.map((filter, at) => (
        <span key={`${at} ${filterSaid(filter)}`} className={css.chip} data-testid="filter-chip">
          <span>{filterSaid(filter)}</span>
          <IconButton
            icon={X}
            label={`Without: ${filterSaid(filter)}`}
            small
            onClick={() => onFilters(filters.filter((_, other) => other !== at))}
          />
        </span>
      ))}
    </>
  )
}

function NewFilter({ onAdd }: { onAdd: (filter: StateFilter) => void }) {
  const [valueKey, setValueKey] = useState('')
  const [operation, setOperation] = useState<StateFilter['operation']>('eq')
  const [value, setValue] = useState('')
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        if (valueKey) onAdd(needsValue(operation) ? { valueKey, operation, value } : { valueKey, operation })
      }}
    >
      <Field label="Property" hint="Of values that are objects, such as status. `key` is the key itself.">
        {(ids) => (
          <Input {...ids} mono value={valueKey} onChange={(event) => setValueKey(event.target.value)} />
        )}
      </Field>
      <Field label="Condition">
        {(ids) => (
          <Select
            {...ids}
            options={OPERATIONS}
            value={operation}
            onChange={(next) => setOperation(OPERATIONS.find((one) => one.value === next)?.value ?? 'eq')}
          />
        )}
      </Field>
      {needsValue(operation) ? (
        <Field label="Value" hint="Numbers are compared as numbers, anything else as text.">
          {(ids) => <Input {...ids} mono value={value} onChange={(event) => setValue(event.target.value)} />}
        </Field>
      ) : null}
      <div className={css.formEnd}>
        <Button type="submit" tone="primary" disabled={valueKey === ''}>
          Add the filter
        </Button>
      </div>
    </form>
  )
}
