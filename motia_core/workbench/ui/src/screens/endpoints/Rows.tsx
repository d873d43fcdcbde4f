/** Names and values that are sent when they are switched on: query, headers, fields of a form. */
import { Plus, Trash2, Upload } from 'lucide-react'
import { useId } from 'react'
import { Button, Checkbox, classes, format, IconButton, Input, Menu } from '../../design'
import css from './details.module.css'
import type { Part, Row } from './draft'

interface RowsProps<T extends Row> {
  rows: T[]
  onChange: (rows: T[]) => void
  /** `query parameter` */
  what: string
  /** What is wrong with a row, or ''. */
  fault?: (row: T) => string
  /** What is worth knowing of it. */
  note?: (row: T) => string
  /** Fields may be files. */
  files?: boolean
  names?: readonly string[]
}

export function Rows<T extends Row>({ rows, onChange, what, fault, note, files, names }: RowsProps<T>) {
  const list = useId()
  const set = (at: number, change: Partial<Part>) =>
    onChange(rows.map((row, index) => (index === at ? { ...row, ...change } : row)))
  const add = (more: Partial<Part> = {}) =>
    onChange([...rows, { name: '', value: '', on: true, ...more } as T])
  return (
    <div className={css.rows}>
      {rows.map((row, at) => {
        const label = row.name || `${what} ${at + 1}`
        const wrong = fault?.(row) ?? ''
        const said = wrong || note?.(row) || row.about
        const part: Part = row
        return (
          <div key={at} className={css.rowBox}>
            <div className={classes(css.row, !row.on && css.off)}>
              <Checkbox label={`Send ${label}`} checked={row.on} onChange={(on) => set(at, { on })} />
              <Input
                mono
                aria-label={`Name of ${label}`}
                placeholder="name"
                value={row.name}
                list={names ? list : undefined}
                onChange={(event) => set(at, { name: event.target.value })}
              />
              {part.isFile ? (
                <FileInput
                  label={`File of ${label}`}
                  file={part.file ?? null}
                  onChange={(file) => set(at, { file, on: true })}
                />
              ) : (
                <Input
                  mono
                  aria-label={`Value of ${label}`}
                  aria-invalid={wrong ? true : undefined}
                  placeholder="value"
                  value={row.value}
                  onChange={(event) =>
                    // Whoever types a value means to send it.
                    set(at, { value: event.target.value, on: row.on || event.target.value !== '' })
                  }
                />
              )}
              <IconButton
                icon={Trash2}
                small
                label={`Remove ${label}`}
                onClick={() => onChange(rows.filter((_, index) => index !== at))}
              />
            </div>
            {said ? <div className={classes(css.said, wrong !== '' && css.wrong)}>{said}</div> : null}
          </div>
        )
      })}
      {names ? (
        <datalist id={list}>
          {names.map((name) => (
            <option key={name} value={name} />
          ))}
        </datalist>
      ) : null}
      <div>
        {files ? (
          <Menu
            align="start"
            items={[
              { label: 'Text field', onSelect: () => add() },
              {
                label: 'File',
                icon: Upload,
                onSelect: () => add({ isFile: true }),
                testId: 'endpoint-add-file',
              },
            ]}
          >
            <Button small tone="quiet" icon={Plus}>
              Add a field
            </Button>
          </Menu>
        ) : (
          <Button small tone="quiet" icon={Plus} onClick={() => add()}>
            Add a {what}
          </Button>
        )}
      </div>
    </div>
  )
}

interface FileInputProps {
  label: string
  file: File | null
  onChange: (file: File | null) => void
}

export function FileInput({ label, file, onChange }: FileInputProps) {
  return (
    <label className={css.file}>
      <Upload size={14} aria-hidden />
      <span className={css.fileName}>
        {file ? `${file.name} · ${format.bytes(file.size)}` : 'Choose a file'}
      </span>
      <input
        type="file"
        className="visually-hidden"
        aria-label={label}
        onChange={(event) => onChange(event.target.files?.[0] ?? null)}
      />
    </label>
  )
}
