import { A, useSearchParams } from '@solidjs/router'
import { For, type JSX, Show } from 'solid-js'
import type { FoundOrder } from '../../api/answers.ts'
import { foundOrdersPage, foundOrdersQuery } from '../../api/queries.ts'
import { useQuery } from '../../api/use-query.ts'
import type { CsvTable } from '../../csv.ts'
import { allPages, CsvButton } from '../../parts/csv-button.tsx'
import { ListAnswer } from '../../parts/list-card.tsx'
import { Pager } from '../../parts/pager.tsx'
import { Empty, OrderBadge } from '../../parts/parts.tsx'
import { TableHead } from '../../parts/table-head.tsx'
import { Ago, Time } from '../../parts/when.tsx'
import { texts } from '../../texts.ts'
import { orderPath } from './order-path.ts'
import type { WantedOrders } from './wanted-orders.ts'

interface PartRow {
  readonly order: FoundOrder
  readonly part: FoundOrder['parts'][number] | null
}

/** One row per part; an order without sent parts has one, too. */
const partTable: CsvTable<PartRow> = {
  columns: ['order', 'shop', 'placed_at', 'connection', 'state', 'code', 'in_erp', 'changed_at'],
  cellsOf: ({ order: { number, source, placed_at }, part }) => [
    number,
    source,
    placed_at,
    part?.connection ?? null,
    part?.status ?? null,
    part?.code ?? null,
    part?.target_id ?? null,
    part?.updated_at ?? null,
  ],
}

async function partRows(wanted: WantedOrders): Promise<readonly PartRow[]> {
  const orders = await allPages((cursor) => foundOrdersPage(wanted, { cursor: cursor ?? '', limit: 100 }))
  return orders.flatMap((order): PartRow[] =>
    order.parts.length === 0 ? [{ order, part: null }] : order.parts.map((part) => ({ order, part })),
  )
}

/** Orders with an SKU or an e-mail address, the last placed first. */
export function FoundOrders(props: { readonly wanted: WantedOrders; readonly after: string }): JSX.Element {
  const [, setSearch] = useSearchParams()
  const orders = useQuery(() => foundOrdersQuery(props.wanted, props.after))
  const words = texts.orders.found
  const isBySku = () => 'sku' in props.wanted
  const title = () => ('sku' in props.wanted ? words.withSku(props.wanted.sku) : words.ofEmail(props.wanted.email))
  return (
    <section aria-labelledby="found">
      <div class="section-head">
        <h2 id="found">{title()}</h2>
        <div class="filters push">
          <button type="button" class="button" onClick={() => setSearch({ sku: null, by: null, after: null })}>
            {words.clear}
          </button>
          <CsvButton
            name={isBySku() ? 'orders-with-sku' : 'orders-of-address'}
            table={partTable}
            load={() => partRows(props.wanted)}
          />
        </div>
      </div>
      <div class="card">
        <ListAnswer
          of={orders}
          isEmpty={({ items, cursor }) => items.length === 0 && cursor === null}
          empty={
            <Empty
              icon="orders"
              title={isBySku() ? words.noneWithSku : words.noneOfEmail}
              lead={isBySku() ? words.noneWithSkuLead : words.noneOfEmailLead}
            >
              <Show when={props.after}>
                <button type="button" class="button" onClick={() => setSearch({ after: null })}>
                  {texts.orders.newest}
                </button>
              </Show>
            </Empty>
          }
          lines={6}
        >
          {(page) => (
            <>
              <FoundTable orders={page().items} />
              <Pager cursor={page().cursor} isFirst={!props.after} onPage={(after) => setSearch({ after })} />
            </>
          )}
        </ListAnswer>
      </div>
    </section>
  )
}

function FoundTable(props: { readonly orders: readonly FoundOrder[] }): JSX.Element {
  const { columns, unsent } = texts.orders.found
  return (
    <div class="table-scroll">
      <table class="table orders">
        <TableHead columns={[columns.order, columns.parts, [columns.placed, 'number wide']]} />
        <tbody>
          <For each={props.orders}>
            {(order) => (
              <tr class="link">
                <td>
                  <A href={orderPath(order.source, order.number)} class="row-link number">
                    {order.number}
                  </A>
                  <span class="soft order-shop">{order.source}</span>
                  <span class="soft found-placed">
                    <Ago at={order.placed_at} />
                  </span>
                </td>
                <td>
                  <Show when={order.parts.length > 0} fallback={<span class="soft">{unsent}</span>}>
                    <ul class="found-parts">
                      <For each={order.parts}>
                        {(part) => (
                          <li>
                            <span class="found-state">
                              <OrderBadge status={part.status} code={part.code} />
                            </span>
                            <span class="nowrap">{part.connection}</span>
                            <Show when={part.target_id}>
                              <span class="soft number wide">{part.target_id}</span>
                            </Show>
                          </li>
                        )}
                      </For>
                    </ul>
                  </Show>
                </td>
                <td class="number soft wide">
                  <Time at={order.placed_at} />
                </td>
              </tr>
            )}
          </For>
        </tbody>
      </table>
    </div>
  )
}
