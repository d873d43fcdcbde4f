/** The groups of a stream: searched, chosen; one that holds nothing yet can be opened by its name. */
import { useParam } from '../../app/address'
import type { StreamDetails, StreamGroup } from '../../data'
import { Button, Empty, ErrorNote, format, SearchField, Skeleton, VirtualList } from '../../design'
import type { useGroups } from './data'
import css from './streams.module.css'

interface GroupsProps {
  stream: StreamDetails
  groups: ReturnType<typeof useGroups>
  q: string
  onSearch: (q: string) => void
}

export function Groups({ stream, groups, q, onSearch }: GroupsProps) {
  const [group, setGroup] = useParam('group')
  const [, setItem] = useParam('item')
  const { items, isLoading, error, reload, loadMore } = groups
  const choose = (id: string) => {
    setGroup(id, { push: true })
    setItem('')
  }
  const isNew = q !== '' && !items.some((one) => one.groupId === q)
  return (
    <div className={css.pane}>
      <div className={css.paneHead}>
        <SearchField
          value={q}
          onChange={onSearch}
          label={stream.hidden ? 'Name of a group' : 'Search groups'}
        />
      </div>
      {error ? (
        <ErrorNote error={error} onRetry={reload} />
      ) : isLoading ? (
        <Skeleton rows={4} />
      ) : items.length === 0 && !isNew ? (
        <Empty title={stream.hidden ? 'A group per trace' : 'No groups yet'}>
          {stream.hidden ? (
            'Write the id of a trace above.'
          ) : (
            <>
              One appears with its first item: <code>streams.{stream.name}.set(group, id, item)</code>
            </>
          )}
        </Empty>
      ) : (
        <VirtualList
          items={items}
          keyOf={(one) => one.groupId}
          label="Groups"
          height={46}
          selected={group}
          onSelect={(one) => choose(one.groupId)}
          onEnd={loadMore}
          row={(one) => <Line group={one} isHidden={stream.hidden} />}
          rowTestId={(one) => `group-${one.groupId}`}
          testId="groups"
        />
      )}
      {isNew ? (
        <div className={css.paneFoot}>
          <Button small onClick={() => choose(q)} data-testid="open-group">
            Open the group “{q}”
          </Button>
        </div>
      ) : null}
    </div>
  )
}

function Line({ group, isHidden }: { group: StreamGroup; isHidden: boolean }) {
  return (
    <div className={css.group}>
      <span className={css.groupName}>{group.groupId}</span>
      <span className={css.under} title={isHidden ? undefined : 'This page counts as a follower too'}>
        {isHidden
          ? 'made by the server'
          : `${format.plural(group.count, 'item')}, ${format.bytes(group.size)}${
              group.followers > 0 ? `, ${format.plural(group.followers, 'follower')}` : ''
            }`}
      </span>
    </div>
  )
}
