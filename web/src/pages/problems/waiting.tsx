import './problems.css'
import { A, useSearchParams } from '@solidjs/router'
import { useMutation } from '@tanstack/solid-query'
import { For, type JSX, Match, Show, Switch } from 'solid-js'
import type { ParkedRecord } from '../../api/answers.ts'
import { ask } from '../../api/ask.ts'
import { client, parkedQuery } from '../../api/queries.ts'
import { useQuery } from '../../api/use-query.ts'
import { now } from '../../clock.ts'
import type { CsvTable } from '../../csv.ts'
import { ageText, causeText, countText } from '../../format.ts'
import { useMay } from '../../may.ts'
import { allRows, CsvButton } from '../../parts/csv-button.tsx'
import { notify } from '../../parts/notices.tsx'
import { Pager } from '../../parts/pager.tsx'
import { Empty, PageHead } from '../../parts/parts.tsx'
import { TableHead } from '../../parts/table-head.tsx'
import { Unanswered } from '../../parts/unanswered.tsx'
import { Ago } from '../../parts/when.tsx'
import { causes, texts } from '../../texts.ts'
import { usePageTitle } from '../../title.ts'
import { orderPath } from '../orders/order-path.ts'
import { ConnectionFilter } from './connection-filter.tsx'
import { HeldOrders } from './held-orders.tsx'
import { ProblemTabs } from './tabs.tsx'
import { WaitingCauses } from './waiting-causes.tsx'

const parkedTable: CsvTable<ParkedRecord> = {
  columns: ['key', 'source', 'connection', 'stage', 'code', 'message', 'attempts', 'first_at', 'release_at'],
  cellsOf: (one) => [
    one.key,
    one.source,
    one.connection,
    one.stage,
    one.code,
    one.message,
    one.attempts,
    one.first_at,
    one.release_at,
  ],
}

/** Waiting records: why, since when, and their next attempt. */
export function Waiting(): JSX.Element {
  usePageTitle(() => texts.waiting.tab)
  const [search, setSearch] = useSearchParams<{ connection: string; cursor: string; held: string }>()
  const parked = useQuery(() => parkedQuery(search.connection ?? '', search.cursor ?? ''))
  return (
    <>
      <PageHead title={texts.problems.title} lead={texts.waiting.lead} />
      <div class="section-head">
        <ProblemTabs current="waiting" keep={{ connection: search.connection }} />
        <div class="filters push">
          <ConnectionFilter
            value={search.connection ?? ''}
            onChange={(connection) => setSearch({ connection: connection || null, cursor: null, held: null })}
          />
          <CsvButton
            name="waiting"
            table={parkedTable}
            load={() => allRows<ParkedRecord>('/v1/parked', { connection: search.connection, limit: 500 })}
          />
        </div>
      </div>
      <WaitingCauses connection={search.connection ?? ''} />
      <HeldOrders connection={search.connection ?? ''} />
      <div class="card">
        <Switch>
          <Match when={parked.isSuccess && parked.data.items.length === 0 && parked.data.cursor === null}>
            <Empty icon="check" title={texts.waiting.none} lead={texts.waiting.noneLead} />
          </Match>
          <Match when={parked.isSuccess && parked.data}>
            {(page) => (
              <>
                <WaitingTable records={page().items} />
                <Pager cursor={page().cursor} isFirst={!search.cursor} onPage={(cursor) => setSearch({ cursor })} />
              </>
            )}
          </Match>
          <Unanswered of={parked} lines={5} />
        </Switch>
      </div>
    </>
  )
}

function WaitingTable(props: { readonly records: readonly ParkedRecord[] }): JSX.Element {
  return (
    <table class="table waiting">
      <TableHead
        columns={[
          texts.waiting.columns.key,
          texts.waiting.columns.cause,
          [texts.waiting.columns.where, 'wide'],
          [texts.waiting.columns.attempts, 'number wide'],
          [texts.waiting.columns.since, 'number wide'],
          [texts.waiting.columns.next, 'number'],
        ]}
      />
      <tbody>
        <For each={props.records}>
          {(record) => (
            <tr>
              <td class="waiting-key">
                <WaitingKey of={record} />
              </td>
              <td>
                {causeText(record.code)}
                <span class="soft group-message">{record.message}</span>
                <Show when={causes[record.code]}>
                  {(cause) => <span class="soft group-message">{cause().way}</span>}
                </Show>
              </td>
              <td class="wide">
                {record.connection}
                <span class="soft group-stage">{record.stage}</span>
              </td>
              <td class="number wide">{countText(record.attempts)}</td>
              <td class="number soft wide">
                <Ago at={record.first_at} />
              </td>
              <td class="number soft">
                {nextText(record)}
                <Show when={isAhead(record)}>
                  <TryNow of={record} />
                </Show>
              </td>
            </tr>
          )}
        </For>
      </tbody>
    </table>
  )
}

const isAhead = ({ code, release_at }: ParkedRecord) =>
  code !== 'order_held' && release_at !== null && Date.parse(release_at) > now()

/** Lets the user retry at once when the cause is known to be fixed. */
function TryNow(props: { readonly of: ParkedRecord }): JSX.Element {
  const may = useMay()
  const trying = useMutation(() => ({
    mutationFn: () => {
      const { stage, connection, key } = props.of
      return ask<unknown>('/v1/parked/try', { method: 'POST', body: { stage, connection, key } })
    },
    onSuccess: async () => {
      notify(texts.waiting.isTried)
      await Promise.all(['parked', 'status', 'order'].map((key) => client.invalidateQueries({ queryKey: [key] })))
    },
    onError: (error: Error) => notify(error.message, 'bad'),
  }))
  return (
    <button
      type="button"
      class="button small"
      disabled={trying.isPending || !may('operate')}
      title={may('operate') ? undefined : texts.actions.mayNot}
      aria-label={`${texts.waiting.tryNow}: ${props.of.key}`}
      onClick={() => trying.mutate()}
    >
      {texts.waiting.tryNow}
    </button>
  )
}

/** First part of the key of a vendor's order. */
const VENDOR_ORDERS = 'vendor-orders'

/** The last part of a waiting record's key; for a vendor's order it is the order number, linked to its page. */
function WaitingKey(props: { readonly of: ParkedRecord }): JSX.Element {
  const parts = () => props.of.key.split('|')
  const last = () => parts().at(-1) ?? ''
  return (
    <>
      <Show when={parts()[0] === VENDOR_ORDERS} fallback={last()}>
        <A href={orderPath(props.of.source, last())}>{last()}</A>
      </Show>
      <Show when={parts().length > 1}>
        <span class="soft group-stage">{parts().slice(0, -1).join(' · ')}</span>
      </Show>
    </>
  )
}

function nextText({ code, release_at }: ParkedRecord): string {
  if (code === 'order_held') return texts.heldOrders.onRelease
  if (release_at === null) return texts.waiting.onResume
  const left = Date.parse(release_at) - now()
  return left <= 0 ? texts.waiting.now : texts.waiting.in(ageText(left / 1000))
}
