/** Endpoints: the routes of your api steps, by flow: read them, try them. */
import { BookOpen, Globe, MousePointerClick } from 'lucide-react'
import { useMemo } from 'react'
import { Link } from 'wouter'
import { to, useParam } from '../../app/address'
import { type Endpoint, useGroup } from '../../data'
import {
  Button,
  classes,
  Empty,
  ErrorNote,
  format,
  Panel,
  Screen,
  SearchField,
  Skeleton,
  Split,
} from '../../design'
import { Details } from './Details'
import { EndpointList } from './EndpointList'
import { matching, named } from './groups'
import { PathName } from './PathName'
import { faultOf, useProblems } from './problems'
import { Spec } from './Spec'
import css from './screen.module.css'

const FIRST = `export const config = { type: 'api', name: 'Hello', method: 'GET', path: '/hello' }`

export default function Endpoints() {
  const { items, isLoading, error } = useGroup<Endpoint>('__motia.api-endpoints')
  const [q, setQ] = useParam('q')
  const [open, setOpen] = useParam('open')
  const [spec, setSpec] = useParam('spec')
  const problems = useProblems()
  const found = useMemo(() => matching(items, q), [items, q])
  const chosen = named(items, open)
  const panel =
    chosen && spec ? (
      <Panel
        name="endpoint-spec"
        label="Specification"
        title={<PathName method={chosen.method} path={chosen.path} />}
        subtitle={chosen.step}
        onClose={() => setSpec('')}
      >
        <Spec endpoint={chosen} problem={faultOf(chosen, problems)} />
      </Panel>
    ) : undefined
  return (
    <Screen
      title="Endpoints"
      about={items.length ? format.plural(items.length, 'endpoint') : undefined}
      panel={panel}
      actions={
        <a className={css.link} href="/__motia/openapi/" target="_blank" rel="noreferrer">
          <BookOpen size={14} aria-hidden /> OpenAPI
        </a>
      }
    >
      {error ? (
        <ErrorNote error={error} title="The endpoints cannot be shown" />
      ) : isLoading ? (
        <Skeleton />
      ) : items.length === 0 ? (
        <Empty icon={Globe} title="No endpoints yet" code={FIRST}>
          An endpoint is the route of an api step. Save a file such as <code>steps/hello.step.ts</code> with
          this configuration and a handler: it appears here at once.
        </Empty>
      ) : (
        <div className={classes(css.parts, panel && css.withPanel)}>
          <Split
            name="endpoints"
            size={300}
            least={200}
            most={560}
            label="Width of the list"
            first={
              <>
                <div className={css.search}>
                  <SearchField
                    value={q}
                    onChange={setQ}
                    label="Search method, path, step"
                    testId="endpoints-search"
                  />
                </div>
                {found.length ? (
                  <EndpointList
                    items={found}
                    problems={problems}
                    open={chosen?.id}
                    isSearch={q !== ''}
                    onOpen={(id) => setOpen(id, { push: true })}
                  />
                ) : (
                  <Empty
                    title="No endpoint matches"
                    action={<Button onClick={() => setQ('')}>Show all</Button>}
                  >
                    Every word is looked for in the method, the path, the step and its description.
                  </Empty>
                )}
              </>
            }
            second={
              chosen ? (
                <Details
                  key={chosen.id}
                  endpoint={chosen}
                  problem={faultOf(chosen, problems)}
                  isSpec={spec !== ''}
                  onSpec={() => setSpec(spec ? '' : '1', { push: true })}
                />
              ) : (
                <Nothing open={open} />
              )
            }
          />
        </div>
      )}
    </Screen>
  )
}

function Nothing({ open }: { open: string }) {
  if (!open)
    return (
      <Empty icon={MousePointerClick} title="Choose an endpoint">
        Its path, query, headers and body are prepared from the step's schemas. Send it, and see the answer,
        its trace and its logs.
      </Empty>
    )
  return (
    <Empty
      title="This endpoint is not there any more"
      action={<Link href={to.endpoint()}>All endpoints</Link>}
    >
      <code>{open}</code> serves no route now. It may have been renamed, or its file deleted.
    </Empty>
  )
}
