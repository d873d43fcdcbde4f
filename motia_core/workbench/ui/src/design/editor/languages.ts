/** The languages that source is coloured in, each loaded when it is first needed. */
import { StreamLanguage } from '@codemirror/language'
import type { Extension } from '@codemirror/state'

const NONE: Extension = []

/** By the name the server uses; no colours for any other. */
export async function languageOf(name: string | undefined): Promise<Extension> {
  switch (name) {
    case 'json':
      return (await import('@codemirror/lang-json')).json()
    case 'typescript':
      return (await import('@codemirror/lang-javascript')).javascript({ typescript: true, jsx: true })
    case 'javascript':
      return (await import('@codemirror/lang-javascript')).javascript({ jsx: true })
    case 'python':
      return (await import('@codemirror/lang-python')).python()
    case 'ruby':
      return StreamLanguage.define((await import('@codemirror/legacy-modes/mode/ruby')).ruby)
    default:
      return NONE
  }
}
