/** Logs: what the steps say, as they say it; filtered, searched, and kept by the server. */
import { Download, ScrollText, SlidersHorizontal, Trash2 } from 'lucide-react'
import { useCallback, useEffect, useMemo, useState } from 'react'
import { to, useGo } from '../../app/address'
import { type LogLine, post } from '../../data'
import {
  Button,
  classes,
  confirm,
  Empty,
  ErrorNote,
  format,
  IconButton,
  Menu,
  Screen,
  Skeleton,
  toast,
  useKept,
} from '../../design'
import { download } from './download'
import { Foot } from './Foot'
import { LogFilters } from './LogFilters'
import { LogPanel } from './LogPanel'
import css from './Logs.module.css'
import { LogTable, type Manner } from './LogTable'
import { textOf } from './text'
import { useLogAddress } from './useLogAddress'
import { useBook, usePattern } from './useLogs'
import { EVERYTHING, paramsOf } from './wanted'
import { type Range, rangesOf, wordsOf } from './words'

const NONE: readonly Range[] = []
const FIRST: Manner = { wraps: false, isCompact: false, hasColours: true }

export default function Logs() {
  const { wanted, pattern, target, open, change, select } = useLogAddress()
  const go = useGo()
  const { book, stretch, isStale } = useBook(wanted, target)
  const narrowed = usePattern(stretch.lines, pattern)
  const [manner, setManner] = useKept<Manner>('log-manner', FIRST)
  const [follows, setFollows] = useState(true)
  const [progress, setProgress] = useState<number | null>(null)
  const { matcher } = narrowed

  const words = useMemo(() => wordsOf(wanted.q).map(({ word }) => word), [wanted.q])
  const rangesIn = useCallback(
    (line: LogLine) => {
      const found = matcher?.placesIn(line) ?? NONE
      if (words.length === 0) return found
      const said = rangesOf(textOf(line).text, words)
      return found.length > 0 ? [...found, ...said] : said
    },
    [matcher, words],
  )
  // What is open stays open when a filter leaves it out.
  const [last, setLast] = useState<LogLine>()
  const found = useMemo(
    () => (open ? stretch.lines.findLast((line) => line.id === open) : undefined),
    [stretch.lines, open],
  )
  useEffect(() => {
    if (found) setLast(found)
  }, [found])
  const chosen = found ?? (last?.id === open ? last : undefined)
  const onOpen = useCallback((line: LogLine) => select(line), [select])
  const onTrace = useCallback((trace: string) => change({ trace }), [change])
  const onStart = useCallback(() => void book.loadOlder(), [book])
  const onEnd = useCallback(() => void book.loadNewer(), [book])
  const latest = useCallback(() => {
    select(null)
    void book.reopen()
  }, [book, select])

  const isFiltered = JSON.stringify(wanted) !== JSON.stringify(EVERYTHING)
  const clear = async () => {
    const yes = await confirm({
      title: 'Delete all log lines?',
      text: 'They are deleted on the server: for everybody who looks at this project, whatever is filtered here. This cannot be taken back.',
      action: 'Delete all lines',
      danger: true,
    })
    if (!yes) return
    try {
      await post('api/logs/clear')
      select(null)
      book.empty()
      toast.ok('All log lines are deleted')
    } catch (error) {
      toast.fail('The lines are not deleted', error instanceof Error ? error.message : '')
    }
  }
  const save = async () => {
    setProgress(0)
    try {
      const got = await download(paramsOf(wanted, Date.now()), pattern, setProgress)
      toast.ok(
        `${format.plural(got.lines, 'line')} in the file${got.isCut ? ': the oldest, there are more' : ''}`,
      )
    } catch (error) {
      toast.fail('The lines could not be downloaded', error instanceof Error ? error.message : '')
    } finally {
      setProgress(null)
    }
  }

  // A pattern is looked for in what is loaded: while it finds little, more is loaded.
  const isShort = matcher !== null && narrowed.lines.length < 100
  const [looks, setLooks] = useState(20_000)
  // biome-ignore lint/correctness/useExhaustiveDependencies: another pattern looks as far again
  useEffect(() => setLooks(20_000), [pattern, book])
  const goesOn = isShort && narrowed.state?.isDone === true && !narrowed.state.wasStopped
  useEffect(() => {
    if (goesOn && stretch.hasOlder && stretch.lines.length < looks) void book.loadOlder()
  }, [goesOn, stretch.hasOlder, stretch.lines.length, looks, book])

  const { lines } = narrowed
  return (
    <Screen
      title="Logs"
      testId="logs-container"
      actions={
        <>
          <Menu
            title="How lines are shown"
            items={[
              {
                label: 'Wrap long lines',
                isOn: manner.wraps,
                onSelect: () => setManner({ ...manner, wraps: !manner.wraps }),
                testId: 'wrap-lines',
              },
              {
                label: 'Short times',
                isOn: manner.isCompact,
                onSelect: () => setManner({ ...manner, isCompact: !manner.isCompact }),
                testId: 'short-times',
              },
              {
                label: 'Colours of printed lines',
                isOn: manner.hasColours,
                onSelect: () => setManner({ ...manner, hasColours: !manner.hasColours }),
              },
            ]}
          >
            <Button icon={SlidersHorizontal} data-testid="log-view">
              View
            </Button>
          </Menu>
          <Button icon={Download} busy={progress !== null} onClick={save} data-testid="download-logs">
            {progress === null ? 'Download' : format.plural(progress, 'line')}
          </Button>
          <IconButton icon={Trash2} label="Delete all lines" onClick={clear} data-testid="clear-logs" />
        </>
      }
      toolbar={<LogFilters wanted={wanted} pattern={pattern} fault={narrowed.error} onChange={change} />}
      panel={
        chosen && (
          <LogPanel
            line={chosen}
            hasColours={manner.hasColours}
            around={isFiltered || pattern ? `${to.logs({ open: chosen.id })}&t=${chosen.time}` : null}
            onClose={() => select(null)}
          />
        )
      }
    >
      {stretch.error ? <ErrorNote error={stretch.error} onRetry={() => void book.reopen()} /> : null}
      {stretch.isLoading ? (
        <Skeleton rows={14} height={26} />
      ) : lines.length > 0 ? (
        <div className={classes(css.body, isStale && css.stale)} aria-busy={isStale}>
          <LogTable
            lines={lines}
            manner={manner}
            rangesIn={rangesIn}
            open={open}
            onOpen={onOpen}
            trace={wanted.trace}
            onTrace={onTrace}
            target={stretch.target?.id}
            book={stretch.book}
            unseen={stretch.unseen}
            onStart={onStart}
            onEnd={onEnd}
            onLatest={stretch.isAtEnd ? undefined : latest}
            onFollow={setFollows}
          />
        </div>
      ) : stretch.error ? null : narrowed.state && !narrowed.state.isDone ? (
        <Skeleton rows={8} height={26} />
      ) : isFiltered || pattern ? (
        <Empty
          icon={ScrollText}
          title="No line matches"
          action={<Button onClick={() => go(to.logs())}>Show all lines</Button>}
        >
          Lines that do will appear here as they are written.
        </Empty>
      ) : (
        <Empty icon={ScrollText} title="No lines yet" code="context.logger.info('order stored', { orderId })">
          What a step logs or prints appears here the moment it does, with its step and trace. It stays: the
          server keeps it.
        </Empty>
      )}
      <Foot
        stretch={stretch}
        shown={lines.length}
        matched={narrowed.state}
        follows={follows}
        onLookOn={isShort && stretch.hasOlder ? () => setLooks(stretch.lines.length + 20_000) : undefined}
      />
    </Screen>
  )
}
