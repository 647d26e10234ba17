import { A, useSearchParams } from '@solidjs/router'
import { For, type JSX, Show } from 'solid-js'
import type { HeldOrder } from '../../api/answers.ts'
import { orderHoldsQuery } from '../../api/queries.ts'
import { useQuery } from '../../api/use-query.ts'
import type { CsvTable } from '../../csv.ts'
import { allRows, CsvButton } from '../../parts/csv-button.tsx'
import { Icon } from '../../parts/icons.tsx'
import { TableHead } from '../../parts/table-head.tsx'
import { Ago, Time } from '../../parts/when.tsx'
import { texts } from '../../texts.ts'
import { orderPath } from '../orders/order-path.ts'

const heldTable: CsvTable<HeldOrder> = {
  columns: ['order', 'shop', 'connection', 'reason', 'by', 'since', 'until'],
  cellsOf: ({ number, source, connection, reason, by, since, until }) => [
    number,
    source,
    connection,
    reason,
    by,
    since,
    until,
  ],
}

/** Orders that somebody holds, also those without waiting records. */
export function HeldOrders(props: { readonly connection: string }): JSX.Element {
  const [search, setSearch] = useSearchParams<{ held: string }>()
  const holds = useQuery(() => orderHoldsQuery(props.connection, search.held ?? ''))
  const shown = () => (holds.isSuccess ? holds.data.items : [])
  const next = () => (holds.isSuccess ? holds.data.cursor : null)
  return (
    <Show when={shown().length > 0 || next() !== null || search.held}>
      <section class="card held-orders" aria-labelledby="held-orders">
        <div class="card-head">
          <h2 id="held-orders">{texts.heldOrders.title}</h2>
          <span class="soft wide">{texts.heldOrders.lead}</span>
          <div class="push">
            <CsvButton
              name="held-orders"
              table={heldTable}
              load={() => allRows<HeldOrder>('/v1/order-holds', { connection: props.connection, limit: 200 })}
            />
          </div>
        </div>
        <table class="table">
          <TableHead
            columns={[
              texts.heldOrders.columns.order,
              [texts.heldOrders.columns.vendor, 'wide'],
              texts.heldOrders.columns.why,
              [texts.heldOrders.columns.since, 'number wide'],
              [texts.heldOrders.columns.until, 'number'],
            ]}
          />
          <tbody>
            <For each={shown()}>
              {(one) => (
                <tr>
                  <td class="waiting-key">
                    <A href={orderPath(one.source, one.number)}>{one.number}</A>
                  </td>
                  <td class="wide">{one.connection}</td>
                  <td>
                    {one.reason}
                    <span class="soft group-message">{texts.heldOrders.by(one.by)}</span>
                  </td>
                  <td class="number soft wide">
                    <Ago at={one.since} />
                  </td>
                  <td class="number soft">
                    <Show when={one.until} fallback={texts.heldOrders.released}>
                      {(until) => <Time at={until()} />}
                    </Show>
                  </td>
                </tr>
              )}
            </For>
          </tbody>
        </table>
        <Show when={next() !== null || search.held}>
          <div class="pager">
            <Show when={search.held}>
              <button type="button" class="button small" onClick={() => setSearch({ held: null })}>
                {texts.heldOrders.first}
              </button>
            </Show>
            <Show when={next()}>
              {(cursor) => (
                <button type="button" class="button small" onClick={() => setSearch({ held: cursor() })}>
                  {texts.heldOrders.next}
                  <Icon name="right" size={14} />
                </button>
              )}
            </Show>
          </div>
        </Show>
      </section>
    </Show>
  )
}
