/** The body of an answer as what it is: a tree, a page, an image, a list of events, text, or bytes to be kept. */
import { useEffect, useMemo, useState } from 'react'
import type { Endpoint } from '../../data'
import { Button, Empty, ErrorNote, format, JsonView, parseJson, Skeleton } from '../../design'
import type { Call } from './call'
import { EventList } from './EventList'
import { FailureCard } from './FailureCard'
import { HtmlPreview } from './HtmlPreview'
import { fileNameOf, hexLines, kindOf } from './kinds'
import { useLiveBody } from './LiveMarks'
import { Raw } from './Raw'
import css from './response.module.css'
import { download } from './save'
import { TextBlock } from './TextBlock'

/** Longer than this is shown as text: a tree of it would take the browser's breath. */
const LONGEST_TREE = 8_000_000

export function Preview({ call, endpoint }: { call: Call; endpoint: Endpoint }) {
  if (call.state === 'failed' && call.status === 0) return <Unanswered call={call} />
  if (call.state === 'cancelled' && call.status === 0)
    return (
      <Empty title="Cancelled">
        You cancelled this call before anything came. The step was told to stop.
      </Empty>
    )
  if (call.state === 'waiting') return <Skeleton rows={4} />
  if (call.isOpaque)
    return (
      <Empty title="It answers with a redirect">
        The browser does not tell a page where to. Switch on “Follow redirects” in the menu, or copy the call
        as curl.
      </Empty>
    )
  switch (kindOf(call)) {
    case 'nothing':
      return <Nothing call={call} />
    case 'events':
      return <EventList call={call} />
    case 'json':
      return call.isUnderWay || call.text.length > LONGEST_TREE ? (
        <Raw text={call.text} />
      ) : (
        <JsonPreview text={call.text} call={call} endpoint={endpoint} />
      )
    case 'html':
      return <HtmlPreview text={call.text} isWhole={!call.isUnderWay} />
    case 'image':
      return call.isUnderWay ? <Skeleton rows={4} /> : <ImagePreview call={call} />
    case 'text':
      return <Raw text={call.text} follows={call.isUnderWay} />
    case 'binary':
      return <BinaryPreview call={call} />
  }
}

function Unanswered({ call }: { call: Call }) {
  return (
    <div>
      <ErrorNote error={new Error(call.error)} title="There was no answer" />
      <p className={css.teach}>
        Is the server still running? A redirect to another site looks like this too: switch off “Follow
        redirects” to see, or copy the call as curl.
      </p>
    </div>
  )
}

function Nothing({ call }: { call: Call }) {
  const why =
    call.asked.method === 'HEAD'
      ? 'HEAD asks for the headers only.'
      : call.status === 204
        ? '204 means that all went well and there is nothing to say.'
        : 'The step answered with a status and headers only.'
  return <Empty title="There is no body">{why}</Empty>
}

function JsonPreview({ text, call, endpoint }: { text: string; call: Call; endpoint: Endpoint }) {
  const parsed = useMemo((): { value: unknown } | null => {
    try {
      return { value: parseJson(text) }
    } catch {
      return null
    }
  }, [text])
  const live = useLiveBody(parsed?.value)
  if (!parsed)
    return (
      <>
        <div className={css.note}>It says that it is JSON, but it is not.</div>
        <Raw text={text} />
      </>
    )
  return (
    <>
      {live.followers}
      {call.status >= 400 ? (
        <FailureCard body={parsed.value} status={call.status} endpoint={endpoint} />
      ) : null}
      <div className={css.scroll} data-testid="endpoint-json">
        <JsonView value={live.body} open={3} label="Body of the response" />
      </div>
    </>
  )
}

function ImagePreview({ call }: { call: Call }) {
  const [url, setUrl] = useState('')
  useEffect(() => {
    const made = URL.createObjectURL(call.blob())
    setUrl(made)
    return () => URL.revokeObjectURL(made)
  }, [call])
  const [size, setSize] = useState('')
  return (
    <figure className={css.image}>
      {url ? (
        <img
          src={url}
          alt="Body of the response"
          onLoad={({ currentTarget: at }) => setSize(`${at.naturalWidth} × ${at.naturalHeight}`)}
          onError={() => setSize('This cannot be shown as an image')}
        />
      ) : null}
      <figcaption className={css.quiet}>{size}</figcaption>
    </figure>
  )
}

function BinaryPreview({ call }: { call: Call }) {
  return (
    <div className={css.binary}>
      <div className={css.binaryBar}>
        <span>
          {format.bytes(call.size)} of {call.type || 'bytes of no stated type'}
        </span>
        <Button small onClick={() => download(fileNameOf(call), call.blob())} data-testid="endpoint-download">
          Download {fileNameOf(call)}
        </Button>
      </div>
      <TextBlock className={css.hex} text={hexLines(call.bytes(1024))} label="The first bytes" />
    </div>
  )
}
