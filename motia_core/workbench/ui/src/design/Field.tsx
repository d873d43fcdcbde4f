/** What people fill in: a labelled field with its hint or error, and the inputs that stand in it. */
import * as Radix from '@radix-ui/react-switch'
import {
  type InputHTMLAttributes,
  type ReactNode,
  type Ref,
  type SelectHTMLAttributes,
  type TextareaHTMLAttributes,
  useId,
} from 'react'
import { classes } from './classes'
import css from './Field.module.css'

interface FieldProps {
  label: string
  hint?: ReactNode
  error?: string | null
  /** Gives the ids that tie the input to its words. */
  children: (ids: { id: string; 'aria-describedby'?: string; 'aria-invalid'?: true }) => ReactNode
}

/** `<Field label="Key">{(ids) => <Input {...ids} value={key} … />}</Field>` */
export function Field({ label, hint, error, children }: FieldProps) {
  const id = useId()
  const said = error ?? hint
  return (
    <div className={css.field}>
      <label htmlFor={id} className={css.label}>
        {label}
      </label>
      {children({
        id,
        'aria-describedby': said ? `${id}-said` : undefined,
        'aria-invalid': error ? true : undefined,
      })}
      {said ? (
        <div id={`${id}-said`} className={error ? css.error : css.hint} role={error ? 'alert' : undefined}>
          {said}
        </div>
      ) : null}
    </div>
  )
}

interface InputProps extends InputHTMLAttributes<HTMLInputElement> {
  mono?: boolean
  ref?: Ref<HTMLInputElement>
}

/** Needs a label: a `Field` around it, or `aria-label`. */
export function Input({ className, mono, ...rest }: InputProps) {
  return (
    <input
      autoComplete="off"
      spellCheck={false}
      {...rest}
      className={classes(css.input, mono && css.mono, className)}
    />
  )
}

export function TextArea({ className, ...rest }: TextareaHTMLAttributes<HTMLTextAreaElement>) {
  return <textarea spellCheck={false} {...rest} className={classes(css.input, css.area, className)} />
}

interface SelectProps extends Omit<SelectHTMLAttributes<HTMLSelectElement>, 'onChange'> {
  options: readonly (string | { value: string; label: string })[]
  onChange: (value: string) => void
}

/** The browser's own list: it works with every keyboard and reader. */
export function Select({ options, onChange, className, ...rest }: SelectProps) {
  return (
    <select
      {...rest}
      className={classes(css.input, css.select, className)}
      onChange={(event) => onChange(event.target.value)}
    >
      {options.map((option) => {
        const { value, label } = typeof option === 'string' ? { value: option, label: option } : option
        return (
          <option key={value} value={value}>
            {label}
          </option>
        )
      })}
    </select>
  )
}

interface SwitchProps {
  label: string
  checked: boolean
  onChange: (checked: boolean) => void
  disabled?: boolean
}

export function Switch({ label, checked, onChange, disabled }: SwitchProps) {
  const id = useId()
  return (
    <span className={css.switchRow}>
      <Radix.Root
        id={id}
        checked={checked}
        onCheckedChange={onChange}
        disabled={disabled}
        className={css.switch}
      >
        <Radix.Thumb className={css.thumb} />
      </Radix.Root>
      <label htmlFor={id}>{label}</label>
    </span>
  )
}

interface CheckboxProps extends Omit<InputHTMLAttributes<HTMLInputElement>, 'onChange' | 'type'> {
  /** For those who hear; shown only with `shown`. */
  label: string
  shown?: boolean
  onChange: (checked: boolean) => void
}

export function Checkbox({ label, shown, onChange, className, ...rest }: CheckboxProps) {
  return (
    <label className={classes(css.check, className)}>
      <input type="checkbox" {...rest} onChange={(event) => onChange(event.target.checked)} />
      <span className={shown ? undefined : 'visually-hidden'}>{label}</span>
    </label>
  )
}
