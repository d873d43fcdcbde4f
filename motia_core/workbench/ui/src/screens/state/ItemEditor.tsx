/** A value as text that can be edited and saved. When somebody else was faster both values are shown, and one is chosen. */
import { Button, CodeView, ErrorNote, JsonEditor, jsonError, KeyHint } from '../../design'
import css from './State.module.css'
import { type Edit, written } from './useEdit'

export function ItemEditor({ edit, name, onBack }: { edit: Edit; name: string; onBack: () => void }) {
  const { text, setText, isDirty, isSaving, conflict } = edit
  const fault = jsonError(text)
  if (conflict) return <Conflict edit={edit} />
  return (
    <div className={css.editor}>
      <JsonEditor
        value={text}
        onChange={setText}
        label={`Value of ${name}`}
        onSubmit={edit.save}
        testId="state-editor"
      />
      <div className={css.editorEnd}>
        {fault ? (
          <span className={css.fault} role="alert">
            Line {fault.line}: {fault.message}
          </span>
        ) : (
          <span className={css.dim}>{isDirty ? 'Not saved yet' : 'No changes'}</span>
        )}
        <span className={css.buttons}>
          <Button onClick={onBack}>{isDirty ? 'Discard' : 'Back'}</Button>
          <Button
            tone="primary"
            onClick={edit.save}
            disabled={!isDirty || fault !== null}
            busy={isSaving}
            data-testid="state-save"
          >
            Save <KeyHint keys="mod enter" />
          </Button>
        </span>
      </div>
    </div>
  )
}

function Conflict({ edit }: { edit: Edit }) {
  const { conflict, isSaving } = edit
  const isGone = conflict === 'gone'
  return (
    <div className={css.editor} data-testid="state-conflict">
      <ErrorNote
        title={isGone ? 'It was deleted meanwhile' : 'It was changed meanwhile'}
        error={
          isGone
            ? 'Nothing is there any more. Yours is not saved yet.'
            : 'Yours is not saved yet: choose which of the two stays.'
        }
      />
      {isGone || !conflict ? null : (
        <>
          <h3 className={css.half}>What is there now</h3>
          <CodeView text={written(conflict.value)} language="json" label="What is there now" />
        </>
      )}
      <h3 className={css.half}>Yours</h3>
      <CodeView text={edit.text} language="json" label="Yours" />
      <div className={css.editorEnd}>
        <span className={css.buttons}>
          <Button onClick={edit.takeTheirs} data-testid="take-theirs">
            {isGone ? 'Leave it deleted' : 'Take what is there'}
          </Button>
          <Button tone="primary" onClick={edit.keepMine} busy={isSaving} data-testid="keep-mine">
            {isGone ? 'Create it with mine' : 'Keep mine'}
          </Button>
        </span>
      </div>
    </div>
  )
}
