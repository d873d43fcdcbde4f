/** A route as it is read: its method, and its path with the parameters set off. */
import { MethodTag } from '../../design'
import css from './screen.module.css'
import { pieces } from './template'

export function PathName({ method, path }: { method: string; path: string }) {
  return (
    <span className={css.route}>
      <MethodTag method={method} />
      <Template path={path} />
    </span>
  )
}

export function Template({ path }: { path: string }) {
  return (
    <code className={css.template}>
      {pieces(path).map((piece, at) =>
        typeof piece === 'string' ? (
          <span key={at}>{piece}</span>
        ) : (
          <span key={at} className={css.param} title={piece.pattern ?? undefined}>
            {/^\d/.test(piece.name) ? (piece.crosses ? '*' : `(${piece.pattern})`) : `:${piece.name}`}
            {piece.optional && /^\D/.test(piece.name) ? '?' : ''}
          </span>
        ),
      )}
    </code>
  )
}
