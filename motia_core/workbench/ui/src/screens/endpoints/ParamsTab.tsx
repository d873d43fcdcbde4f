/** The parameters of the path and of the query. */
import type { Endpoint } from '../../data'
import { isObject, members, words } from '../../data/schema'
import { Field, Input } from '../../design'
import css from './details.module.css'
import type { Draft } from './draft'
import type { SetDraft } from './drafts'
import { Rows } from './Rows'
import { nameOf, paramsOf } from './template'

interface TabProps {
  endpoint: Endpoint
  draft: Draft
  setDraft: SetDraft
}

export function ParamsTab({ endpoint, draft, setDraft }: TabProps) {
  const params = paramsOf(endpoint.path)
  const schema = endpoint.parameters?.params
  const known = members(schema?.properties)
  return (
    <div className={css.tab}>
      {params.length ? (
        <section aria-label="Path parameters" className={css.block}>
          <h2 className={css.heading}>Path</h2>
          <div className={css.params}>
            {params.map((param) => {
              const node = known[param.name]
              const about = isObject(node) ? (node.description ?? words(node, schema ?? {})) : null
              const hint = [
                typeof about === 'string' ? about : '',
                param.pattern ? `matches ${param.pattern}` : '',
                param.optional ? 'may be left out' : '',
                param.crosses ? 'may hold slashes' : '',
              ]
              return (
                <Field
                  key={param.name}
                  label={nameOf(param)}
                  hint={hint.filter(Boolean).join(' · ') || undefined}
                >
                  {(ids) => (
                    <Input
                      {...ids}
                      mono
                      value={draft.path[param.name] ?? ''}
                      onChange={({ target }) =>
                        setDraft((before) => ({
                          ...before,
                          path: { ...before.path, [param.name]: target.value },
                        }))
                      }
                      data-testid={`endpoint-path-${param.name}`}
                    />
                  )}
                </Field>
              )
            })}
          </div>
        </section>
      ) : null}
      <section aria-label="Query parameters" className={css.block}>
        <h2 className={css.heading}>Query</h2>
        <Rows
          rows={draft.query}
          what="query parameter"
          onChange={(query) => setDraft((before) => ({ ...before, query }))}
        />
      </section>
    </div>
  )
}
