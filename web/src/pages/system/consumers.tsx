import { For, type JSX, Show } from 'solid-js'
import { type ConsumerGroup, consumersQuery } from '../../api/system.ts'
import { useQuery } from '../../api/use-query.ts'
import type { CsvTable } from '../../csv.ts'
import { countText } from '../../format.ts'
import { CsvButton } from '../../parts/csv-button.tsx'
import { ListCard } from '../../parts/list-card.tsx'
import { Badge, Empty, type Tone } from '../../parts/parts.tsx'
import { ReadId } from '../../parts/read-id.tsx'
import { TableHead } from '../../parts/table-head.tsx'
import { Ago } from '../../parts/when.tsx'
import { texts } from '../../texts.ts'

const words = texts.system

const table: CsvTable<ConsumerGroup> = {
  columns: ['group', 'state', 'members', 'topics', 'partitions', 'lag', 'oldest_at'],
  cellsOf: (one) => [
    one.group,
    one.state,
    one.members.length,
    one.topics.map(({ topic }) => topic).join(' '),
    partitionsOf(one),
    one.lag,
    one.oldest_at,
  ],
}

const partitionsOf = ({ topics }: ConsumerGroup) => topics.reduce((sum, { partitions }) => sum + partitions, 0)

/** Groups that nobody runs first, then those furthest behind. */
function byNeed(one: ConsumerGroup, other: ConsumerGroup): number {
  const idle = Number(other.members.length === 0) - Number(one.members.length === 0)
  return idle || other.lag - one.lag || one.group.localeCompare(other.group)
}

/** Each stage's consumer group: its members and its lag. */
export function ConsumersView(): JSX.Element {
  const consumers = useQuery(consumersQuery)
  return (
    <ListCard
      id="consumers"
      title={words.consumers}
      actions={
        <CsvButton
          name="consumers"
          table={table}
          load={async () => (consumers.isSuccess ? consumers.data.items : [])}
        />
      }
      of={consumers}
      isEmpty={({ items }) => items.length === 0}
      empty={<Empty icon="system" title={words.noConsumers} lead={words.noConsumersLead} />}
      lines={8}
    >
      {(told) => (
        <>
          <GroupTable items={told().items.toSorted(byNeed)} />
          <Show when={!told().complete}>
            <p class="system-lead soft">{words.moreConsumers(countText(told().items.length))}</p>
          </Show>
        </>
      )}
    </ListCard>
  )
}

function GroupTable(props: { readonly items: readonly ConsumerGroup[] }): JSX.Element {
  return (
    <table class="table">
      <TableHead
        columns={[
          words.columns.group,
          words.columns.state,
          [words.columns.members, 'number wide'],
          [words.columns.partitions, 'number wide'],
          [words.columns.lag, 'number'],
          [words.columns.oldest, 'number wide'],
        ]}
      />
      <tbody>
        <For each={props.items}>
          {(group) => (
            <tr>
              <td class="system-name">
                <ReadId id={group.group} />
                <span class="system-sub">{group.topics.map(({ topic }) => topic).join(', ')}</span>
              </td>
              <td>
                <Badge tone={toneOf(group)}>{stateOf(group)}</Badge>
              </td>
              <td
                class="number wide"
                title={group.members.map(({ id, partitions }) => words.member(id, partitions)).join('\n')}
              >
                {countText(group.members.length)}
              </td>
              <td class="number wide">{countText(partitionsOf(group))}</td>
              <td class="number" classList={{ soft: group.lag === 0 }}>
                {countText(group.lag)}
              </td>
              <td class="number wide soft">
                <Show when={group.oldest_at} fallback="–">
                  {(at) => <Ago at={at()} />}
                </Show>
              </td>
            </tr>
          )}
        </For>
      </tbody>
    </table>
  )
}

function toneOf({ members, lag }: ConsumerGroup): Tone {
  if (members.length === 0) return 'bad'
  return lag === 0 ? 'good' : 'info'
}

function stateOf({ members, lag, state }: ConsumerGroup): string {
  if (members.length === 0) return words.nobody
  if (state !== 'Stable') return words.sharing
  return lag === 0 ? words.upToDate : words.behind
}
