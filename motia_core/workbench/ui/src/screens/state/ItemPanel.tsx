/** One entry: its value as a tree or as text to edit, what is known of it, and what can be done with it. */
import { Copy, Pencil, Trash2 } from 'lucide-react'
import { type ReactNode, useEffect, useState } from 'react'
import { ApiError, client, post, refresh, type StateEntry, useGet } from '../../data'
import {
  Button,
  copy,
  Empty,
  ErrorNote,
  Facts,
  format,
  IconButton,
  JsonView,
  Menu,
  Panel,
  Section,
  Skeleton,
  toast,
} from '../../design'
import { Expiry } from './Expiry'
import { ItemEditor } from './ItemEditor'
import { useEdit } from './useEdit'
import { callOf, idOf } from './values'

interface ItemPanelProps {
  group: string
  name: string
  /** As the list knows it; undefined when it is not in the list. */
  listed: StateEntry | undefined
  isEditing: boolean
  /** A large one is shown, though it takes a moment. */
  isWanted: boolean
  onWanted: () => void
  onEdit: (isEditing: boolean) => void
  onDelete: (entries: { groupId: string; key: string }[]) => void
  onClose: () => void
}

export function ItemPanel(props: ItemPanelProps) {
  const { group, name, listed, isWanted, onClose } = props
  const isHeld = listed?.type === 'long' && !isWanted
  // Asked again only while it is there, or the list says that it is back.
  const [wasGone, setWasGone] = useState(false)
  const isSmall = (listed?.size ?? 0) <= 65_536
  const found = useGet<StateEntry>(
    'api/state/item',
    { groupId: group, key: name },
    { enabled: !isHeld, every: isSmall && (!wasGone || listed) ? 2000 : undefined },
  )
  const entry = found.data
  const isGone = found.error instanceof ApiError && found.error.status === 404
  useEffect(() => setWasGone(isGone), [isGone])
  // What is being edited is not taken away: saving says what happened.
  const isKept = entry !== undefined && (!isGone || props.isEditing)
  return (
    <Panel
      name="state"
      label="Entry"
      title={<code>{name}</code>}
      subtitle={<span>in {group}</span>}
      onClose={onClose}
      actions={
        <>
          <Menu
            title="Copy"
            items={[
              item('The key', name),
              item('Group and key', `${group}:${name}`),
              item('The call that reads it', callOf(group, name)),
            ]}
          >
            <IconButton icon={Copy} label="Copy the path" data-testid="copy-path" />
          </Menu>
          {entry && !props.isEditing ? (
            <IconButton
              icon={Pencil}
              label="Edit"
              onClick={() => props.onEdit(true)}
              data-testid="state-edit"
            />
          ) : null}
          <IconButton
            icon={Trash2}
            label="Delete this entry"
            onClick={() => props.onDelete([{ groupId: group, key: name }])}
            data-testid="state-delete"
          />
        </>
      }
    >
      {isHeld ? (
        <Empty title={`This value is large: ${format.bytes(listed?.size)}`}>
          <p>It was not loaded with the list.</p>
          <Button onClick={props.onWanted} data-testid="load-value">
            Load it
          </Button>
        </Empty>
      ) : isKept ? (
        <Loaded key={idOf(entry)} entry={entry} isEditing={props.isEditing} onEdit={props.onEdit} />
      ) : isGone ? (
        <Empty title="There is no such entry">It was deleted, it has ended, or it is not there yet.</Empty>
      ) : found.error ? (
        <ErrorNote error={found.error} onRetry={() => void found.refetch()} />
      ) : (
        <Skeleton />
      )}
    </Panel>
  )
}

interface LoadedProps {
  entry: StateEntry
  isEditing: boolean
  onEdit: (isEditing: boolean) => void
}

function Loaded({ entry, isEditing, onEdit }: LoadedProps) {
  const changeEnd = async (ttl: number | null) => {
    const { groupId, key, value, version } = entry
    try {
      await post('/__motia/state', { groupId, key, value, version, ttl })
      toast.ok(ttl === null ? 'It never ends now' : `It ends in ${format.duration(ttl * 1000)}`)
    } catch (error) {
      const isOld = error instanceof ApiError && error.status === 409
      toast.fail(
        'Not changed',
        isOld ? 'The value was changed meanwhile: look at it and try again.' : String(error),
      )
    }
    refresh(client, ['api/state'])
  }
  return (
    <>
      <Facts
        rows={[
          row('Type', entry.type),
          row('Size', format.bytes(entry.size)),
          row('Ends', <Expiry expires={entry.expires} isBusy={false} onChange={changeEnd} />),
        ]}
      />
      {isEditing ? (
        <Editing entry={entry} onBack={() => onEdit(false)} />
      ) : (
        <Section title="Value">
          <JsonView value={entry.value} open={entry.size > 20_000 ? 1 : 2} label={`Value of ${entry.key}`} />
        </Section>
      )}
    </>
  )
}

function Editing({ entry, onBack }: { entry: StateEntry; onBack: () => void }) {
  const edit = useEdit(entry)
  return <ItemEditor edit={edit} name={entry.key} onBack={onBack} />
}

function row(name: string, value: ReactNode): readonly [string, ReactNode] {
  return [name, value]
}

function item(label: string, text: string) {
  const onSelect = async () => {
    if (await copy(text)) toast.ok('Copied')
    else toast.fail('This browser does not let the page copy', text)
  }
  return { label, onSelect: () => void onSelect() }
}
