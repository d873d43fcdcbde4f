/** Copies a text, and says that it did. */
import { Check, Copy } from 'lucide-react'
import { useEffect, useState } from 'react'
import { Button, IconButton } from './Button'
import { toast } from './notices'

interface CopyButtonProps {
  text: string | (() => string)
  label?: string
  /** With words beside the icon. */
  words?: string
}

export function CopyButton({ text, label = 'Copy', words }: CopyButtonProps) {
  const [isDone, setDone] = useState(false)
  useEffect(() => {
    if (!isDone) return
    const timer = setTimeout(() => setDone(false), 1200)
    return () => clearTimeout(timer)
  }, [isDone])
  const copyIt = async () => {
    if (await copy(typeof text === 'function' ? text() : text)) setDone(true)
    else
      toast.fail('This browser does not let the page copy', 'Select the text and copy it with the keyboard.')
  }
  const icon = isDone ? Check : Copy
  if (words) {
    return (
      <Button small tone="quiet" icon={icon} onClick={copyIt}>
        {isDone ? 'Copied' : words}
      </Button>
    )
  }
  return <IconButton icon={icon} label={isDone ? 'Copied' : label} small onClick={copyIt} />
}

/** Whether it worked. Pages that did not come over https have no clipboard of the new kind. */
export async function copy(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    const area = document.createElement('textarea')
    area.value = text
    area.style.position = 'fixed'
    document.body.append(area)
    area.select()
    const done = document.execCommand('copy')
    area.remove()
    return done
  }
}
