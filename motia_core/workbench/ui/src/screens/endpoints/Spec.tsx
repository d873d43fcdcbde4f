/** What an endpoint takes and gives, to be read: where it stands, its parameters, its body, its answers by status. */
import { ExternalLink } from 'lucide-react'
import { useState } from 'react'
import { Link } from 'wouter'
import { to } from '../../app/address'
import type { Emit, Endpoint, JsonSchema, Problem, StepSource } from '../../data'
import { useGet } from '../../data'
import { isObject, members, names, words } from '../../data/schema'
import { Badge, Button, CodeView, ErrorNote, Facts, format, LanguageTag, Section } from '../../design'
import { BrokenNote } from './BrokenNote'
import { SchemaTree } from './SchemaTree'
import css from './spec.module.css'
import { nameOf, paramsOf } from './template'

export function Spec({ endpoint, problem }: { endpoint: Endpoint; problem: Problem | null }) {
  const { description, bodySchema, responseSchema, flows, stepId } = endpoint
  const params = paramsOf(endpoint.path)
  const query = endpoint.parameters?.query
  const headers = endpoint.parameters?.headers
  const step = stepId ? (
    <Link href={to.flow(flows[0], { step: stepId })}>{endpoint.step}</Link>
  ) : (
    endpoint.step
  )
  const place = `${endpoint.filePath}${endpoint.line ? `:${endpoint.line}` : ''}`
  const file = endpoint.filePath ? <code>{place}</code> : null
  const language = endpoint.language ? <LanguageTag language={endpoint.language} /> : null
  const named = flows.map((flow) => (
    <Link key={flow} className={css.one} href={to.flow(flow)}>
      {flow}
    </Link>
  ))
  const topics = endpoint.emits?.map((emit) => <Topic key={topicOf(emit)} emit={emit} />)
  return (
    <div data-testid="endpoint-spec">
      {problem ? <BrokenNote endpoint={endpoint} problem={problem} /> : null}
      {description ? <p className={css.description}>{description}</p> : null}
      <Facts
        rows={[
          ['Step', step],
          ['File', file],
          ['Language', language],
          ['Flows', flows.length ? named : null],
          ['Emits', endpoint.emits?.length ? topics : null],
          ['Middleware', endpoint.middleware ? format.plural(endpoint.middleware, 'function') : null],
        ]}
      />
      {params.length ? (
        <Section title="Path parameters">
          <Named
            rows={params.map((param) => ({
              name: nameOf(param),
              what: param.pattern ?? 'string',
              required: !param.optional,
              about: aboutOf(members(endpoint.parameters?.params?.properties)[param.name]),
            }))}
          />
        </Section>
      ) : null}
      {endpoint.queryParams?.length || query ? (
        <Section title="Query parameters">
          <Named
            rows={[
              ...(endpoint.queryParams ?? []).map(({ name, description }) => ({
                name,
                what: 'string',
                required: false,
                about: description,
              })),
              ...rowsOf(query),
            ]}
          />
        </Section>
      ) : null}
      {headers ? (
        <Section title="Headers">
          <Named rows={rowsOf(headers)} />
        </Section>
      ) : null}
      <Section title="Body">
        {bodySchema ? (
          <SchemaTree schema={bodySchema} label="Schema of the body" />
        ) : (
          <p className={css.quiet}>No schema: anything is taken.</p>
        )}
      </Section>
      <Section title="Responses">
        {responseSchema && Object.keys(responseSchema).length ? (
          Object.entries(responseSchema).map(([status, schema]) => (
            <div key={status} className={css.status}>
              <Badge tone={status.startsWith('2') ? 'ok' : status.startsWith('5') ? 'fail' : 'warn'}>
                {status}
              </Badge>
              <SchemaTree schema={schema} label={`Schema of a ${status}`} />
            </div>
          ))
        ) : (
          <p className={css.quiet}>
            No schema: give the step a <code>responseSchema</code> to describe its answers.
          </p>
        )}
      </Section>
      {stepId ? <Source id={stepId} endpoint={endpoint} problem={problem} /> : null}
      <p className={css.foot}>
        <a href="/__motia/openapi/" target="_blank" rel="noreferrer">
          All endpoints as OpenAPI <ExternalLink size={12} aria-hidden />
        </a>
      </p>
    </div>
  )
}

/** Loaded when it is asked for. */
function Source({ id, endpoint, problem }: { id: string; endpoint: Endpoint; problem: Problem | null }) {
  const [isShown, setShown] = useState(problem !== null)
  const { data, error } = useGet<StepSource>(`/__motia/step/${id}`, {}, { enabled: isShown })
  const line = problem?.line
  return (
    <Section
      title="Source"
      actions={
        <Button small tone="quiet" onClick={() => setShown(!isShown)} aria-expanded={isShown}>
          {isShown ? 'Hide' : 'Show'}
        </Button>
      }
    >
      {error ? <ErrorNote error={error} /> : null}
      {isShown && data ? (
        <div className={css.source}>
          <CodeView
            text={data.content}
            language={endpoint.language}
            line={line ?? undefined}
            highlights={line ? [{ from: line, to: line }] : undefined}
            label={`Source of ${endpoint.step}`}
          />
        </div>
      ) : null}
    </Section>
  )
}

interface NamedRow {
  name: string
  what: string
  required: boolean
  about: string
}

function Named({ rows }: { rows: NamedRow[] }) {
  return (
    <dl className={css.named}>
      {rows.map((row) => (
        <div key={row.name}>
          <dt>
            <code>{row.name}</code> <span className={css.quiet}>{row.what}</span>
            {row.required ? <span className={css.required}>required</span> : null}
          </dt>
          {row.about ? <dd>{row.about}</dd> : null}
        </div>
      ))}
    </dl>
  )
}

function rowsOf(schema: JsonSchema | undefined): NamedRow[] {
  const required = names(schema?.required)
  return Object.entries(members(schema?.properties)).map(([name, node]) => ({
    name,
    what: words(node, schema ?? {}),
    required: required.includes(name),
    about: aboutOf(node),
  }))
}

function aboutOf(node: unknown): string {
  return isObject(node) && typeof node.description === 'string' ? node.description : ''
}

function Topic({ emit }: { emit: Emit }) {
  const isSometimes = typeof emit === 'object' && emit.conditional
  return (
    <span className={css.one}>
      <code>{topicOf(emit)}</code>
      {isSometimes ? <span className={css.quiet}> sometimes</span> : null}
    </span>
  )
}

function topicOf(emit: Emit): string {
  return typeof emit === 'string' ? emit : emit.topic
}
