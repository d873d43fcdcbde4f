/** How to follow a stream from a page or a shell: lines to copy. */
import { Info } from 'lucide-react'
import type { StreamDetails } from '../../data'
import { CopyButton, Notice } from '../../design'
import { type Recipe, recipesOf } from './recipes'
import css from './streams.module.css'

export function Follow({ stream, group }: { stream: StreamDetails; group: string }) {
  return (
    <div className={css.page}>
      {stream.guarded ? (
        <Notice icon={Info} title="Who follows needs a token that your streamAuth accepts">
          It comes in the query of the address, as <code>authToken</code> say, or as a second sub-protocol.
        </Notice>
      ) : null}
      {stream.hidden ? (
        <Notice icon={Info} title="Only admins may follow a hidden stream">
          From this machine under <code>motia dev</code>, with the admin token under <code>motia start</code>.
        </Notice>
      ) : null}
      {recipesOf(stream, group || 'GROUP', location.origin).map((recipe) => (
        <Lines key={recipe.title} recipe={recipe} />
      ))}
    </div>
  )
}

function Lines({ recipe }: { recipe: Recipe }) {
  return (
    <section className={css.recipe} aria-label={recipe.title}>
      <div className={css.head}>
        <h3>{recipe.title}</h3>
        <CopyButton text={recipe.code} words="Copy" />
      </div>
      {recipe.install ? (
        <div className={css.install}>
          <code>{recipe.install}</code>
          <CopyButton text={recipe.install} label="Copy the command" />
        </div>
      ) : null}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: long lines scroll, also by the keyboard */}
      <pre className={css.code} tabIndex={0}>
        {recipe.code}
      </pre>
    </section>
  )
}
