import './orders.css'
import { A, useSearchParams } from '@solidjs/router'
import { createMemo, For, type JSX, Match, Show, Switch } from 'solid-js'
import type { StagedOrder } from '../../api/answers.ts'
import { stagedOrdersQuery, statusQuery } from '../../api/queries.ts'
import { useQuery } from '../../api/use-query.ts'
import type { CsvTable } from '../../csv.ts'
import { orderStateText } from '../../format.ts'
import { useMay } from '../../may.ts'
import { allRows, CsvButton } from '../../parts/csv-button.tsx'
import { ListAnswer } from '../../parts/list-card.tsx'
import { Pager } from '../../parts/pager.tsx'
import { Empty, OrderBadge, PageHead } from '../../parts/parts.tsx'
import { Select } from '../../parts/select.tsx'
import { TableHead } from '../../parts/table-head.tsx'
import { Unanswered } from '../../parts/unanswered.tsx'
import { Ago } from '../../parts/when.tsx'
import { texts } from '../../texts.ts'
import { usePageTitle } from '../../title.ts'
import { Finder } from './finder.tsx'
import { FoundOrders } from './found-orders.tsx'
import { orderPath } from './order-path.ts'
import { type FinderSearch, wantedOrders } from './wanted-orders.ts'

const states = ['processing', 'waiting', 'succeeded', 'failed', 'ignored', 'superseded', 'canceled', 'unknown'] as const

const stateOptions = [
  { value: '', text: texts.orders.anyState },
  ...states.map((one) => ({ value: one, text: orderStateText(one, null) })),
]

const orderTable: CsvTable<StagedOrder> = {
  columns: ['order', 'shop', 'state', 'stage', 'in_erp', 'code', 'message', 'changed_at'],
  cellsOf: ({ key, source, status, stage, answer, updated_at }) => [
    key,
    source,
    status,
    stage,
    answer.target_id,
    answer.code,
    answer.message,
    updated_at,
  ],
}

/** Finds orders by number, SKU or e-mail address, and lists the last changed ones of a connection. */
export function Orders(): JSX.Element {
  usePageTitle(() => texts.orders.title)
  const [search] = useSearchParams<FinderSearch>()
  const may = useMay()
  const wanted = () => wantedOrders(search, may('persons:read'))
  return (
    <>
      <PageHead title={texts.orders.title} />
      <div class="stack">
        <Finder />
        <Show when={wanted()} fallback={<Latest />}>
          {(orders) => <FoundOrders wanted={orders()} after={search.after ?? ''} />}
        </Show>
      </div>
    </>
  )
}

function Latest(): JSX.Element {
  const [search, setSearch] = useSearchParams<{ connection: string; state: string; cursor: string }>()
  const status = useQuery(() => statusQuery({ seldom: true }))
  const connections = createMemo(() => (status.isSuccess ? status.data.connections.map((one) => one.connection) : []))
  const connection = () => search.connection ?? connections()[0] ?? ''
  const orders = useQuery(() =>
    stagedOrdersQuery({ connection: connection(), status: search.state ?? '', cursor: search.cursor ?? '' }),
  )
  return (
    <section aria-labelledby="latest">
      <div class="section-head">
        <h2 id="latest">{texts.orders.recent}</h2>
        <div class="filters push">
          <Show when={connection() !== ''}>
            <Select
              label={texts.orders.connection}
              value={connection()}
              options={connections().map((one) => ({ value: one, text: one }))}
              onChange={(value) => setSearch({ connection: value, cursor: null })}
            />
            <Select
              label={texts.orders.state}
              value={search.state ?? ''}
              options={stateOptions}
              onChange={(value) => setSearch({ state: value || null, cursor: null })}
            />
            <CsvButton
              name={`orders-${connection()}`}
              table={orderTable}
              load={() =>
                allRows<StagedOrder>(`/v1/backend/${encodeURIComponent(connection())}/orders`, {
                  status: search.state,
                  payloads: 'places',
                  limit: 200,
                })
              }
            />
          </Show>
        </div>
      </div>
      <div class="card">
        <Show
          when={connection() !== ''}
          fallback={
            <Switch>
              <Match when={status.isSuccess}>
                <Empty icon="overview" title={texts.overview.noneTitle} lead={texts.overview.noneLead} />
              </Match>
              <Unanswered of={status} lines={6} />
            </Switch>
          }
        >
          <ListAnswer
            of={orders}
            isEmpty={({ items }) => items.length === 0}
            empty={
              <Empty icon="orders" title={texts.orders.noneTitle} lead={texts.orders.noneLead}>
                <Show when={search.state}>
                  <button type="button" class="button" onClick={() => setSearch({ state: null, cursor: null })}>
                    {texts.orders.anyState}
                  </button>
                </Show>
              </Empty>
            }
            lines={6}
          >
            {(page) => (
              <>
                <OrderTable orders={page().items} />
                <Pager cursor={page().cursor} isFirst={!search.cursor} onPage={(cursor) => setSearch({ cursor })} />
              </>
            )}
          </ListAnswer>
        </Show>
      </div>
    </section>
  )
}

function OrderTable(props: { readonly orders: readonly StagedOrder[] }): JSX.Element {
  return (
    <div class="table-scroll">
      <table class="table orders">
        <TableHead
          columns={[
            texts.orders.columns.order,
            texts.orders.columns.state,
            [texts.orders.columns.target, 'wide'],
            [texts.orders.columns.message, 'wide'],
            [texts.orders.columns.at, 'number'],
          ]}
        />
        <tbody>
          <For each={props.orders}>
            {(order) => (
              <tr class="link">
                <td>
                  <A href={orderPath(order.source, order.key)} class="row-link number">
                    {order.key}
                  </A>
                  <span class="soft order-shop">{order.source}</span>
                </td>
                <td>
                  <OrderBadge status={order.status} code={order.answer.code} />
                </td>
                <td class="wide soft">{order.answer.target_id ?? '–'}</td>
                <td class="wide soft order-message">
                  <span class="clip">{order.answer.message ?? order.answer.code ?? ''}</span>
                </td>
                <td class="number soft">
                  <Ago at={order.updated_at} />
                </td>
              </tr>
            )}
          </For>
        </tbody>
      </table>
    </div>
  )
}
