/** Adds a step: asks what it is, and has the server write a file that runs. The graph leads to it once it is served. */
import { type FormEvent, useEffect, useId, useState } from 'react'
import { to, useGo } from '../../app/address'
import { type ApiError, type Page, type StepKind, useGet, usePost } from '../../data'
import { Button, Dialog, ErrorNote, Field, Input, Segmented, Select } from '../../design'
import css from './flows.module.css'
import { topicOf } from './graph'
import { fileName, type Wanted, words, wrong } from './newStep'
import { ALL, LOOSE, type Shown } from './useFlows'

interface Template {
  language: string
  folder: string
  /** By kind: how such a file is called. */
  files: Partial<Record<StepKind, string>>
}

const KINDS: { value: StepKind; label: string }[] = [
  { value: 'api', label: 'Api' },
  { value: 'event', label: 'Event' },
  { value: 'cron', label: 'Cron' },
  { value: 'noop', label: 'Noop' },
]
const WHAT: Record<StepKind, string> = {
  api: 'Answers a request.',
  event: 'Runs for every event of its topics, and again when it fails.',
  cron: 'Runs at certain times.',
  noop: 'Is only drawn: something outside of the project.',
}
const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']
const PATIENCE = 20_000

export function AddStep({ open, onClose, shown }: { open: boolean; onClose: () => void; shown: Shown }) {
  if (!open) return null
  return <Form onClose={onClose} shown={shown} />
}

function Form({ onClose, shown }: { onClose: () => void; shown: Shown }) {
  const go = useGo()
  const list = useId()
  const inFlow = shown.view === ALL || shown.view === LOOSE ? '' : shown.view
  const [wanted, setWanted] = useState<Wanted>({
    name: '',
    kind: 'api',
    language: '',
    flow: inFlow,
    method: 'POST',
    path: '',
    cron: '*/5 * * * *',
    subscribes: '',
    emits: '',
  })
  const [waits, setWaits] = useState('')
  const templates = useGet<Page<Template>>('api/templates')
  const languages = templates.data?.items ?? []
  const template = languages.find((one) => one.language === wanted.language) ?? languages[0]
  const pattern = template?.files[wanted.kind]
  const change = (part: Partial<Wanted>) => setWanted((now) => ({ ...now, ...part }))
  const add = usePost<unknown, { name: string; filePath: string }>('api/steps', {
    refreshes: ['api/graph', 'api/steps'],
    onDone: (made) => setWaits(made.name),
  })

  // It is served a moment after it was written.
  const found = waits ? shown.whole?.steps.find((step) => step.name === waits) : undefined
  const { reload } = shown
  useEffect(() => {
    if (!waits) return
    if (found) {
      onClose()
      go(to.flow(found.flows[0] ?? ALL, { step: found.id }))
      return
    }
    const again = setInterval(reload, 400)
    const end = setTimeout(onClose, PATIENCE)
    return () => {
      clearInterval(again)
      clearTimeout(end)
    }
  }, [waits, found, onClose, go, reload])

  const problem = wrong(wanted)
  // What is still empty is not wrong yet.
  const said = (field: string, value: string) => (problem?.field === field && value ? problem.text : null)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (problem || !template || add.isPending) return
    const { subscribes, emits, ...rest } = wanted
    add.mutate({ ...rest, language: template.language, subscribes: words(subscribes), emits: words(emits) })
  }
  const topics = [
    ...new Set(
      (shown.whole?.steps ?? []).flatMap((one) => [...one.emits.map(topicOf), ...(one.subscribes ?? [])]),
    ),
  ]
  const listens = wanted.kind === 'event' || wanted.kind === 'noop'
  return (
    <Dialog
      open
      onClose={onClose}
      title="Add a step"
      text={WHAT[wanted.kind]}
      wide
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            tone="primary"
            type="submit"
            form={`${list}-form`}
            busy={add.isPending || waits !== ''}
            disabled={problem !== null || !template}
            data-testid="add-step-write"
          >
            {waits ? 'Waiting until it is served…' : 'Write the file'}
          </Button>
        </>
      }
    >
      {templates.error ? (
        <ErrorNote error={templates.error} onRetry={() => void templates.refetch()} />
      ) : null}
      <form id={`${list}-form`} className={css.form} onSubmit={submit} data-testid="add-step-form">
        <div className={css.wide}>
          <Segmented
            options={KINDS}
            value={wanted.kind}
            onChange={(kind) => change({ kind: kind as StepKind })}
            label="Kind"
          />
        </div>
        <Field label="Name" error={said('name', wanted.name)} hint="CreateOrder, for example">
          {(ids) => (
            <Input
              {...ids}
              autoFocus
              value={wanted.name}
              onChange={(event) => change({ name: event.target.value })}
            />
          )}
        </Field>
        <Field label="Language">
          {(ids) => (
            <Select
              {...ids}
              value={template?.language ?? ''}
              options={languages.map((one) => one.language)}
              onChange={(language) => change({ language })}
            />
          )}
        </Field>
        {wanted.kind === 'api' ? (
          <>
            <Field label="Method">
              {(ids) => (
                <Select
                  {...ids}
                  value={wanted.method}
                  options={METHODS}
                  onChange={(method) => change({ method })}
                />
              )}
            </Field>
            <Field label="Path" error={said('path', wanted.path)} hint="/orders/:id">
              {(ids) => (
                <Input
                  {...ids}
                  mono
                  value={wanted.path}
                  onChange={(event) => change({ path: event.target.value })}
                />
              )}
            </Field>
          </>
        ) : null}
        {wanted.kind === 'cron' ? (
          <Field
            label="When"
            error={said('cron', wanted.cron)}
            hint="Minute, hour, day, month, weekday; six fields begin with seconds"
          >
            {(ids) => (
              <Input
                {...ids}
                mono
                value={wanted.cron}
                onChange={(event) => change({ cron: event.target.value })}
              />
            )}
          </Field>
        ) : null}
        {listens ? (
          <Field label="Listens to" hint="One topic or several, with commas">
            {(ids) => (
              <Input
                {...ids}
                mono
                list={`${list}-topics`}
                value={wanted.subscribes}
                onChange={(event) => change({ subscribes: event.target.value })}
              />
            )}
          </Field>
        ) : null}
        <Field label={wanted.kind === 'noop' ? 'Drawn to' : 'Emits'} hint="Topics, or nothing">
          {(ids) => (
            <Input
              {...ids}
              mono
              list={`${list}-topics`}
              value={wanted.emits}
              onChange={(event) => change({ emits: event.target.value })}
            />
          )}
        </Field>
        <Field label="Flow" hint="Its own graph on this screen, or none">
          {(ids) => (
            <Input
              {...ids}
              list={`${list}-flows`}
              value={wanted.flow}
              onChange={(event) => change({ flow: event.target.value })}
            />
          )}
        </Field>
        <datalist id={`${list}-topics`}>
          {topics.map((one) => (
            <option key={one} value={one} />
          ))}
        </datalist>
        <datalist id={`${list}-flows`}>
          {shown.flows.map((one) => (
            <option key={one.id} value={one.name} />
          ))}
        </datalist>
        {pattern && wanted.name ? (
          <div className={css.wide}>
            <span className={css.file} data-testid="add-step-file">
              {template.folder}/{fileName(pattern, wanted.name)}
            </span>
          </div>
        ) : null}
      </form>
      {add.error ? <ErrorNote error={add.error as ApiError} /> : null}
    </Dialog>
  )
}
