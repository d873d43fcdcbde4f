/** A dialog above the page, and `confirm`: asks before something cannot be taken back. */
import * as Radix from '@radix-ui/react-dialog'
import { X } from 'lucide-react'
import { type ReactNode, useSyncExternalStore } from 'react'
import { Button, IconButton } from './Button'
import { classes } from './classes'
import css from './Dialog.module.css'

interface DialogProps {
  open: boolean
  onClose: () => void
  title: string
  /** One sentence about what it is for. */
  text?: ReactNode
  children?: ReactNode
  /** Buttons at the end; the last is the one thing to do. */
  actions?: ReactNode
  wide?: boolean
}

export function Dialog({ open, onClose, title, text, children, actions, wide }: DialogProps) {
  return (
    <Radix.Root open={open} onOpenChange={(is) => !is && onClose()}>
      <Radix.Portal>
        <Radix.Overlay className={css.scrim} />
        <Radix.Content
          className={classes(css.dialog, wide && css.wide)}
          tabIndex={-1}
          onOpenAutoFocus={begin}
          aria-describedby={text ? undefined : ''}
        >
          <div className={css.head}>
            <Radix.Title className={css.title}>{title}</Radix.Title>
            <IconButton icon={X} label="Close" onClick={onClose} small />
          </div>
          {text ? <Radix.Description className={css.text}>{text}</Radix.Description> : null}
          {children ? <div className={css.body}>{children}</div> : null}
          {actions ? <div className={css.actions}>{actions}</div> : null}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  )
}

/** The first field, else the dialog itself: never the cross, whose tooltip would stand in the way. */
function begin(event: Event): void {
  const dialog = event.currentTarget
  if (!(dialog instanceof HTMLElement)) return
  event.preventDefault()
  const first = dialog.querySelector<HTMLElement>('[autofocus], input, select, textarea')
  ;(first ?? dialog).focus()
}

interface Question {
  title: string
  /** What happens, and whether it can be taken back. */
  text: string
  /** The verb on the button: `Discard 3 deliveries`. */
  action: string
  danger?: boolean
}

let asked: (Question & { answer: (yes: boolean) => void }) | null = null
const listeners = new Set<() => void>()

function tell(): void {
  for (const listener of listeners) listener()
}

/** `if (await confirm({ title, text, action: 'Discard', danger: true })) …` */
export function confirm(question: Question): Promise<boolean> {
  return new Promise((resolve) => {
    asked?.answer(false)
    const answer = (yes: boolean) => {
      asked = null
      tell()
      resolve(yes)
    }
    asked = { ...question, answer }
    tell()
  })
}

/** Shows what `confirm` asks; stands once in the app. */
export function Confirmations() {
  const question = useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => asked,
  )
  if (question === null) return null
  return (
    <Dialog
      open
      onClose={() => question.answer(false)}
      title={question.title}
      text={question.text}
      actions={
        <>
          <Button onClick={() => question.answer(false)}>Cancel</Button>
          <Button
            tone={question.danger ? 'danger' : 'primary'}
            onClick={() => question.answer(true)}
            data-testid="confirm"
          >
            {question.action}
          </Button>
        </>
      }
    />
  )
}
