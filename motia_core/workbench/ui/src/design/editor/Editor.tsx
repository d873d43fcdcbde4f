/** The code editor (CodeMirror): shows source, or edits JSON. Heavy: loaded only through `CodeView` and `JsonEditor`. */
import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands'
import {
  bracketMatching,
  foldGutter,
  foldKeymap,
  indentOnInput,
  syntaxHighlighting,
} from '@codemirror/language'
import { type Diagnostic, linter, lintGutter } from '@codemirror/lint'
import { highlightSelectionMatches, searchKeymap } from '@codemirror/search'
import { Compartment, EditorState, type Extension, RangeSetBuilder } from '@codemirror/state'
import { Decoration, EditorView, highlightActiveLine, keymap, lineNumbers } from '@codemirror/view'
import { useEffect, useRef } from 'react'
import type { LineRange } from '../CodeView'
import { jsonError } from '../jsonText'
import { languageOf } from './languages'
import { colours, theme } from './theme'

interface EditorProps {
  text: string
  language?: string
  label: string
  highlights?: readonly LineRange[]
  line?: number
  /** With it the text can be edited. */
  onChange?: (text: string) => void
  onSubmit?: () => void
}

export default function Editor({ text, language, label, highlights, line, onChange, onSubmit }: EditorProps) {
  const place = useRef<HTMLDivElement>(null)
  const view = useRef<EditorView | null>(null)
  const speaks = useRef(new Compartment())
  const marks = useRef(new Compartment())
  const tell = useRef({ onChange, onSubmit })
  useEffect(() => {
    tell.current = { onChange, onSubmit }
  })
  const edits = onChange !== undefined
  // biome-ignore lint/correctness/useExhaustiveDependencies: what changes later is given to the view that is there
  useEffect(() => {
    if (!place.current) return
    const made = new EditorView({
      parent: place.current,
      state: EditorState.create({
        doc: text,
        extensions: [
          ...basics(label, edits, () => {
            tell.current.onSubmit?.()
            return tell.current.onSubmit !== undefined
          }),
          speaks.current.of([]),
          marks.current.of([]),
          edits && language === 'json' ? [linter(faults, { delay: 200 }), lintGutter()] : [],
          EditorView.updateListener.of((update) => {
            if (update.docChanged) tell.current.onChange?.(update.state.doc.toString())
          }),
        ],
      }),
    })
    view.current = made
    return () => {
      made.destroy()
      view.current = null
    }
  }, [edits, label])
  useEffect(() => {
    const made = view.current
    if (made && made.state.doc.toString() !== text) {
      made.dispatch({ changes: { from: 0, to: made.state.doc.length, insert: text } })
    }
  }, [text])
  useEffect(() => {
    let isOver = false
    void languageOf(language).then((found) => {
      if (!isOver) view.current?.dispatch({ effects: speaks.current.reconfigure(found) })
    })
    return () => {
      isOver = true
    }
  }, [language])
  useEffect(() => {
    const made = view.current
    if (!made) return
    made.dispatch({ effects: marks.current.reconfigure(highlighted(made.state, highlights ?? [])) })
    const wanted = line ?? highlights?.[0]?.from
    if (wanted && wanted <= made.state.doc.lines) {
      made.dispatch({ effects: EditorView.scrollIntoView(made.state.doc.line(wanted).from, { y: 'center' }) })
    }
  }, [highlights, line])
  return <div ref={place} style={{ display: 'contents' }} />
}

function basics(label: string, edits: boolean, submit: () => boolean): Extension[] {
  return [
    lineNumbers(),
    foldGutter(),
    syntaxHighlighting(colours),
    bracketMatching(),
    highlightSelectionMatches(),
    theme,
    EditorView.lineWrapping,
    EditorView.contentAttributes.of({ 'aria-label': label, spellcheck: 'false', tabindex: '0' }),
    // Above the usual keys, in which it makes an empty line.
    keymap.of([{ key: 'Mod-Enter', run: () => submit() }]),
    keymap.of([...defaultKeymap, ...searchKeymap, ...foldKeymap, ...historyKeymap]),
    edits
      ? [history(), indentOnInput(), highlightActiveLine(), keymap.of([indentWithTab])]
      : [EditorState.readOnly.of(true), EditorView.contentAttributes.of({ 'aria-readonly': 'true' })],
  ]
}

function faults(view: EditorView): Diagnostic[] {
  const fault = jsonError(view.state.doc.toString())
  if (!fault) return []
  const to = Math.min(fault.at + 1, view.state.doc.length)
  return [{ from: Math.max(0, Math.min(fault.at, to - 1)), to, severity: 'error', message: fault.message }]
}

const mark = Decoration.line({ class: 'cm-marked' })

function highlighted(state: EditorState, ranges: readonly LineRange[]): Extension {
  const builder = new RangeSetBuilder<Decoration>()
  const lines = new Set<number>()
  for (const { from, to } of ranges)
    for (let at = from; at <= Math.min(to, state.doc.lines); at += 1) lines.add(at)
  for (const at of [...lines].filter((one) => one >= 1).sort((a, b) => a - b)) {
    const { from } = state.doc.line(at)
    builder.add(from, from, mark)
  }
  return EditorView.decorations.of(builder.finish())
}
