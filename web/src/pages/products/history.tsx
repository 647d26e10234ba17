import { A, useSearchParams } from '@solidjs/router'
import { useInfiniteQuery } from '@tanstack/solid-query'
import { createMemo, createSignal, For, type JSX, Match, Show, Switch } from 'solid-js'
import type { RowChange } from '../../api/answers.ts'
import { historyQuery } from '../../api/queries.ts'
import type { CsvTable } from '../../csv.ts'
import { entityText } from '../../format.ts'
import { CsvButton } from '../../parts/csv-button.tsx'
import { Icon, iconOf } from '../../parts/icons.tsx'
import { Badge, Empty, JsonView } from '../../parts/parts.tsx'
import { Select } from '../../parts/select.tsx'
import { Unanswered } from '../../parts/unanswered.tsx'
import { Ago, Time } from '../../parts/when.tsx'
import { texts } from '../../texts.ts'
import { feedEntities } from './feed-entities.ts'
import { historyItems } from './history-items.ts'

const own = texts.productHistory
/** Fields of a change shown at once; a first row has all of them. */
const MOST_FIELDS = 6

type FieldChange = NonNullable<RowChange['changes']>[number]

interface ChangedField extends Pick<RowChange, 'at' | 'feed' | 'source' | 'task' | 'event_id'> {
  readonly change: FieldChange
}

const fieldTable: CsvTable<ChangedField> = {
  columns: ['at', 'feed', 'source', 'task', 'event_id', 'field', 'before', 'after'],
  cellsOf: ({ at, feed, source, task, event_id, change }) => [
    at,
    feed,
    source,
    task,
    event_id,
    change.field,
    valueText(change.before),
    valueText(change.after),
  ],
}

/** Changes of a SKU in the feeds, newest first. `stamp`: a new value means that there are new changes. */
export function ProductHistory(props: {
  readonly connection: string
  readonly sku: string
  readonly stamp: string
}): JSX.Element {
  const [search, setSearch] = useSearchParams<{ feed: string }>()
  const feed = () => feedEntities.find((one) => one === search.feed) ?? ''
  const history = useInfiniteQuery(() =>
    historyQuery({ connection: props.connection, sku: props.sku, feed: feed(), stamp: props.stamp }),
  )
  const items = createMemo(() => (history.isSuccess ? historyItems(history.data.pages) : []))
  const lookedBackTo = () => (history.isSuccess ? (history.data.pages.at(-1)?.looked_back_to ?? null) : null)
  const fields = () =>
    items().flatMap((item) => item.changes?.map((change): ChangedField => ({ ...item, change })) ?? [])
  return (
    <section class="card" aria-labelledby="history">
      <div class="card-head">
        <h2 id="history">{own.title}</h2>
        <div class="filters">
          <Select
            label={texts.products.feed}
            value={feed()}
            options={[
              { value: '', text: own.allFeeds },
              ...feedEntities.map((one) => ({ value: one, text: entityText(one) })),
            ]}
            onChange={(value) => setSearch({ feed: value || null }, { replace: true, scroll: false })}
          />
          <CsvButton name={`history-${props.connection}-${props.sku}`} table={fieldTable} load={async () => fields()} />
        </div>
      </div>
      <Switch>
        <Match when={history.isSuccess && items().length === 0 && !history.hasNextPage}>
          <Empty icon="clock" title={own.none} lead={own.noneLead} />
        </Match>
        <Match when={history.isSuccess}>
          <ol class="changes">
            <For each={items()}>{(item) => <Change item={item} />}</For>
          </ol>
          <div class="changes-end soft" aria-live="polite">
            <Show when={lookedBackTo()} fallback={own.whole}>
              {(at) => (
                <span>
                  {own.lookedBack} <Time at={at()} />
                </span>
              )}
            </Show>
            <Show when={history.hasNextPage}>
              <button
                type="button"
                class="button small"
                disabled={history.isFetchingNextPage}
                onClick={() => void history.fetchNextPage()}
              >
                {history.isFetchingNextPage ? own.looking : own.further}
              </button>
            </Show>
          </div>
        </Match>
        <Unanswered of={history} lines={5} />
      </Switch>
    </section>
  )
}

function Change(props: { readonly item: RowChange }): JSX.Element {
  const [isOpen, setIsOpen] = createSignal(false)
  const [showsAll, setShowsAll] = createSignal(false)
  // The list itself only changes between empty and missing: its members say the same.
  const all = () => (props.item.changes ?? []).filter(({ field }) => field !== 'parts.shortages')
  const shown = () => (showsAll() ? all() : all().slice(0, MOST_FIELDS))
  return (
    <li class="change">
      <span class="change-icon">
        <Icon name={iconOf(props.item.feed) ?? 'file'} size={14} />
      </span>
      <div class="change-text">
        <p class="change-head">
          <strong>{entityText(props.item.feed)}</strong>
          <Show when={props.item.deleted}>
            <Badge tone="warn">{own.deleted}</Badge>
          </Show>
          <Show when={props.item.first && !props.item.deleted}>
            <Badge tone="info">{own.first}</Badge>
          </Show>
          <span class="soft">{props.item.source}</span>
          <span class="change-when soft">
            <Ago at={props.item.at} />
          </span>
        </p>
        <Show when={props.item.changes !== null} fallback={<p class="soft">{own.unknown}</p>}>
          <dl class="field-changes">
            <For each={shown()}>{(change) => <Field change={change} />}</For>
          </dl>
          <Show when={all().length > shown().length}>
            <button type="button" class="button small" onClick={() => setShowsAll(true)}>
              {own.more(all().length - shown().length)}
            </button>
          </Show>
        </Show>
        <details class="change-more" onToggle={(event) => setIsOpen(event.currentTarget.open)}>
          <summary>{own.details}</summary>
          <Show when={isOpen()}>
            <p class="soft">
              {texts.productPage.read} <Time at={props.item.read_at} />
              <Show when={props.item.task} fallback={` · ${own.pushed}`}>
                {(task) => (
                  <>
                    {` ${own.by} `}
                    <A href={`/tasks/${encodeURIComponent(task())}`} class="mono">
                      {task()}
                    </A>
                  </>
                )}
              </Show>
              <Show when={props.item.occurred_at}>
                {(at) => (
                  <>
                    {` · ${texts.productPage.changed} `}
                    <Time at={at()} />
                  </>
                )}
              </Show>
              {` · ${own.mapping(props.item.mapping_revision)} · ${texts.productPage.event} `}
              <span class="mono">{props.item.event_id}</span>
            </p>
            <JsonView value={props.item.data} />
          </Show>
        </details>
      </div>
    </li>
  )
}

function Field(props: { readonly change: FieldChange }): JSX.Element {
  return (
    <div>
      <dt title={props.change.field}>{fieldText(props.change.field)}</dt>
      <dd>
        <Show when={props.change.before !== null}>
          <del>{shownText(props.change.field, props.change.before)}</del>
          <Icon name="right" size={12} />
        </Show>
        <ins>{shownText(props.change.field, props.change.after)}</ins>
      </dd>
    </div>
  )
}

/** `locations[Main].on_hand` as `Main · on hand`; parts of the sum by their names. */
function fieldText(field: string): string {
  const part = own.parts[field]
  if (part !== undefined) return part
  const short = /^parts\.shortages\[(.+)\]/.exec(field)?.[1]
  if (short !== undefined) return own.shortage(short)
  const [, member, name] = /^\w+\[(.+)\]\.(\w+)$/.exec(field) ?? []
  return member === undefined || name === undefined ? field : `${member} · ${name.replaceAll('_', ' ')}`
}

/** Stock of a location that is less than nothing counts as 0 in the total. */
function shownText(field: string, value: unknown): string {
  const isShortage = /^locations\[.+\]\.available$/.test(field) && typeof value === 'string' && value.startsWith('-')
  return isShortage ? own.countsAsZero(value) : valueText(value)
}

function valueText(value: unknown): string {
  if (value === null || value === undefined) return texts.productPage.nothing
  if (isTexts(value)) return value.join(', ')
  return typeof value === 'string' ? value : JSON.stringify(value)
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.length > 0 && value.every((one) => typeof one === 'string')
}
