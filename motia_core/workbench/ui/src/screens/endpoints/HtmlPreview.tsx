/** A page that was answered: drawn in a frame that runs no scripts, opens nothing and knows nothing of the workbench; or its
 *  source. */
import { useMemo, useState } from 'react'
import { Segmented } from '../../design'
import { Raw } from './Raw'
import css from './response.module.css'

type View = 'page' | 'source'

export function HtmlPreview({ text, isWhole }: { text: string; isWhole: boolean }) {
  const [view, setView] = useState<View>('page')
  const still = useMemo(() => (isWhole ? stilled(text) : ''), [text, isWhole])
  return (
    <div className={css.html}>
      <div className={css.htmlBar}>
        <Segmented<View>
          label="Show the page as"
          value={view}
          onChange={setView}
          options={[
            { value: 'page', label: 'Page' },
            { value: 'source', label: 'Source' },
          ]}
        />
        {view === 'page' ? (
          <span className={css.quiet}>Without scripts, and nothing from elsewhere.</span>
        ) : null}
      </div>
      {view === 'page' && isWhole ? (
        <iframe
          className={css.frame}
          title="Page that was answered"
          sandbox=""
          referrerPolicy="no-referrer"
          srcDoc={still}
        />
      ) : (
        <Raw text={text} follows={!isWhole} />
      )}
    </div>
  )
}

/** The frame lets no script run and loads nothing from elsewhere; what would only be refused is taken out beforehand, so
 *  that the console stays quiet. */
function stilled(text: string): string {
  // A parser already complains of handlers that the page's policy forbids.
  const tame = text.replace(/<[^>]+>/g, (tag) => tag.replace(/([\s/"'])on(?=[a-z]+\s*=)/gi, '$1data-on'))
  const page = new DOMParser().parseFromString(tame, 'text/html')
  for (const one of page.querySelectorAll(
    'script, iframe, frame, object, embed, base, link, meta[http-equiv], noscript, audio, video, source',
  ))
    one.remove()
  for (const one of page.querySelectorAll('*')) {
    for (const { name, value } of [...one.attributes]) {
      const isActive = /^on/i.test(name) || /^\s*javascript:/i.test(value)
      const isElsewhere =
        /^(?:src|srcset|background|poster|xlink:href)$/i.test(name) && !/^\s*data:/i.test(value)
      if (isActive || isElsewhere) one.removeAttribute(name)
    }
    const style = one.getAttribute('style')
    if (style) one.setAttribute('style', withoutLoads(style))
    if (one.localName === 'style') one.textContent = withoutLoads(one.textContent ?? '')
  }
  return `<!doctype html>${page.documentElement.outerHTML}`
}

function withoutLoads(style: string): string {
  return style.replace(/@import[^;]*;?/gi, '').replace(/url\(\s*(?!['"]?data:)[^)]*\)/gi, 'none')
}
