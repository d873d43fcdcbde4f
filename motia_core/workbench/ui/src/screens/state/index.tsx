/** State: what the steps keep, in groups of keys; looked at, filtered, edited, live. */
import { Database, EllipsisVertical, Plus, Trash2 } from 'lucide-react'
import { useCallback, useMemo, useState } from 'react'
import { client, post, refresh, type StateEntry } from '../../data'
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
  Split,
  toast,
} from '../../design'
import { CreateDialog } from './CreateDialog'
import { EntryTable } from './EntryTable'
import { GroupList, useGroupText } from './GroupList'
import { ItemPanel } from './ItemPanel'
import css from './State.module.css'
import { StateFilters } from './StateFilters'
import { useEntries, useGroups } from './useEntries'
import { useStateAddress } from './useStateAddress'
import { filtersIn, idOf } from './values'

type Place = Pick<StateEntry, 'groupId' | 'key'>

export default function State() {
  const [address, go] = useStateAddress()
  const group = address.all ? '' : address.group
  const filters = useMemo(() => filtersIn(address.filter), [address.filter])
  const [groupText, setGroupText] = useGroupText()
  const groups = useGroups(groupText)
  const entries = useEntries(group, address.q, filters.length > 0 ? JSON.stringify(filters) : '')
  const [ticked, setTicked] = useState<ReadonlyMap<string, Place>>(new Map())
  const [isCreating, setCreating] = useState(false)
  const [wanted, setWanted] = useState('')

  const open = address.key ? idOf({ groupId: address.group, key: address.key }) : null
  const listed = useMemo(
    () => (open ? entries.items.find((entry) => idOf(entry) === open) : undefined),
    [entries.items, open],
  )
  const tick = useCallback(({ groupId, key }: Place, is: boolean) => {
    setTicked((before) => {
      const next = new Map(before)
      if (is) next.set(idOf({ groupId, key }), { groupId, key })
      else next.delete(idOf({ groupId, key }))
      return next
    })
  }, [])
  const tickedIds = useMemo(() => new Set(ticked.keys()), [ticked])
  const onSelect = useCallback(
    (entry: StateEntry) =>
      go({ group: entry.groupId, key: entry.key, all: group === '' ? '1' : '', view: '' }),
    [go, group],
  )
  const close = useCallback(
    () => go({ key: '', view: '', all: '', group: group === '' ? '' : address.group }),
    [go, group, address.group],
  )
  const choose = (next: string) => {
    setTicked(new Map())
    go({ group: next, key: '', all: '', view: '' })
  }

  const remove = async (places: Place[]) => {
    const one = places[0]
    const what = places.length === 1 && one ? one.key : format.plural(places.length, 'entry', 'entries')
    const yes = await confirm({
      title: `Delete ${what}?`,
      text: 'Steps that read it find nothing. This cannot be taken back.',
      action: `Delete ${what}`,
      danger: true,
    })
    if (!yes) return
    const isDone = await told(async () => {
      for (let at = 0; at < places.length; at += 1000)
        await post('/__motia/state/delete', { items: places.slice(at, at + 1000) })
    }, `${what} deleted`)
    if (!isDone) return
    const gone = new Set(places.map(idOf))
    setTicked((before) => new Map([...before].filter(([id]) => !gone.has(id))))
    if (open && gone.has(open)) close()
  }
  const removeGroup = async () => {
    const count = groups.items.find(({ id }) => id === group)?.count
    const keys = count === undefined ? 'all its keys' : format.plural(count, 'key')
    const yes = await confirm({
      title: `Delete the group ${group}?`,
      text: `${keys} with their values are deleted, whatever is filtered here. This cannot be taken back.`,
      action: `Delete ${keys}`,
      danger: true,
    })
    if (!yes) return
    const isDone = await told(() => post('/__motia/state/delete', { groups: [group] }), `${group} deleted`)
    if (isDone) choose('')
  }

  const isNarrowed = address.q !== '' || filters.length > 0
  const isEmpty = entries.items.length === 0
  return (
    <Screen
      title="State"
      testId="states-container"
      about={
        groups.isLoading || groupText ? null : (
          <span data-testid="states-about">
            {format.plural(groups.items.length, 'group')}
            {groups.loadMore ? ' and more' : ''}
          </span>
        )
      }
      actions={
        <Button icon={Plus} onClick={() => setCreating(true)} data-testid="new-entry">
          New entry
        </Button>
      }
      panel={
        open && (
          <ItemPanel
            key={open}
            group={address.group}
            name={address.key}
            listed={listed}
            isEditing={address.view === 'edit'}
            isWanted={wanted === open}
            onWanted={() => setWanted(open)}
            onEdit={(is) => go({ view: is ? 'edit' : '' }, { replace: !is })}
            onDelete={remove}
            onClose={close}
          />
        )
      }
    >
      <Split
        name="state"
        label="Width of the groups"
        size={230}
        least={150}
        most={480}
        first={
          <GroupList
            groups={groups}
            text={groupText}
            onText={setGroupText}
            selected={group}
            onSelect={choose}
          />
        }
        second={
          <div className={css.entries}>
            <div className={css.bar}>
              <StateFilters
                q={address.q}
                filters={filters}
                onSearch={(q) => go({ q }, { replace: true })}
                onFilters={(next) => go({ filter: next.length > 0 ? JSON.stringify(next) : '' })}
              />
              {group ? (
                <Menu
                  items={[
                    {
                      label: 'Delete this group',
                      icon: Trash2,
                      danger: true,
                      onSelect: () => void removeGroup(),
                      testId: 'delete-group',
                    },
                  ]}
                >
                  <IconButton icon={EllipsisVertical} label="This group" data-testid="group-menu" />
                </Menu>
              ) : null}
            </div>
            {ticked.size > 0 ? (
              <div className={classes(css.bar, css.ticked)} data-testid="ticked-bar">
                <strong>{ticked.size} ticked</strong>
                <Button small icon={Trash2} tone="danger" onClick={() => void remove([...ticked.values()])}>
                  Delete
                </Button>
                <Button
                  small
                  tone="quiet"
                  onClick={() =>
                    setTicked(new Map(entries.items.map((entry) => [idOf(entry), placeOf(entry)])))
                  }
                >
                  Tick all {format.count(entries.items.length)} that are loaded
                </Button>
                <Button small tone="quiet" onClick={() => setTicked(new Map())}>
                  None
                </Button>
              </div>
            ) : null}
            {entries.error ? <ErrorNote error={entries.error} onRetry={entries.reload} /> : null}
            {entries.isLoading ? (
              <Skeleton />
            ) : !isEmpty ? (
              <EntryTable
                entries={entries}
                hasGroups={group === ''}
                selected={open}
                onSelect={onSelect}
                ticked={tickedIds}
                onTick={tick}
              />
            ) : entries.error ? null : isNarrowed ? (
              <Empty
                icon={Database}
                title="Nothing matches"
                action={
                  <Button onClick={() => go({ q: '', filter: '' })}>
                    {group ? `Show all of ${group}` : 'Show everything'}
                  </Button>
                }
              >
                No entry has this in its key and its value.
              </Empty>
            ) : (
              <Empty
                icon={Database}
                title={group ? `Nothing in ${group}` : 'No state yet'}
                code="await context.state.set('orders', order.id, order)"
              >
                Steps keep values here, by group and key; they outlive restarts. One appears when a step sets
                it, or when you make a new entry.
              </Empty>
            )}
          </div>
        }
      />
      <CreateDialog
        open={isCreating}
        onClose={() => setCreating(false)}
        group={group}
        groups={groups.items.map(({ id }) => id)}
        onCreated={(groupId, key) => {
          setCreating(false)
          go({ group: groupId, key, all: '', view: '', q: '', filter: '' })
        }}
      />
    </Screen>
  )
}

function placeOf({ groupId, key }: StateEntry): Place {
  return { groupId, key }
}

/** Whether it went well; either way it is said. */
async function told(work: () => Promise<unknown>, done: string): Promise<boolean> {
  try {
    await work()
    toast.ok(done)
    return true
  } catch (error) {
    toast.fail('Not deleted', error instanceof Error ? error.message : '')
    return false
  } finally {
    // Once what was deleted is shown no more.
    setTimeout(() => refresh(client, ['api/state']))
  }
}
