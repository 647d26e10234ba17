import { For, type JSX, Show } from 'solid-js'
import type { FeedRow } from '../../api/answers.ts'
import { levelText } from '../../format.ts'
import { Badge } from '../../parts/parts.tsx'
import { TableHead } from '../../parts/table-head.tsx'
import { Time } from '../../parts/when.tsx'
import { texts } from '../../texts.ts'
import { fieldsOf } from './origins.ts'

const own = texts.productPage

type Fields = Readonly<Record<string, unknown>>
type Served = NonNullable<FeedRow['as_served']>
type Parts = NonNullable<Served['data']['parts']>

/**
 * Stock of a SKU: what its source has by location, and the total that shops read. Where the connection sets what may be
 * sold, the sum that leads from one to the other.
 */
export function Stock(props: { readonly mapped: Fields; readonly served: FeedRow['as_served'] }): JSX.Element {
  const locations = () => (Array.isArray(props.mapped['locations']) ? props.mapped['locations'].map(fieldsOf) : [])
  const parts = () => props.served?.data.parts
  const note = (location: Fields) => {
    if (parts()?.locations.includes(String(location['location'])) === false) return own.sum.notCounted
    return String(location['available']).startsWith('-') ? own.sum.shortage : null
  }
  const total = () => props.served?.data.total ?? props.mapped['total']
  const isInStock = () => props.served?.data.in_stock ?? props.mapped['inStock'] === true
  return (
    <>
      <table class="table">
        <TableHead
          columns={[own.columns.location, [own.columns.onHand, 'number'], [own.columns.available, 'number']]}
        />
        <tbody>
          <For each={locations()}>
            {(location) => (
              <tr>
                <td>
                  {String(location['location'])}
                  <Show when={note(location)}>{(text) => <span class="soft"> · {text()}</span>}</Show>
                </td>
                <td class="number">{level(location['onHand'])}</td>
                <td class="number">{level(location['available'])}</td>
              </tr>
            )}
          </For>
          <Show when={parts()}>{(sum) => <Sum parts={sum()} />}</Show>
          <tr class="stock-total">
            <th scope="row">
              {parts() === undefined ? own.total : own.sum.total}{' '}
              <Badge tone={isInStock() ? 'good' : 'warn'}>{isInStock() ? own.inStock : own.outOfStock}</Badge>
            </th>
            <td />
            <td class="number">{level(total())}</td>
          </tr>
        </tbody>
      </table>
      <Show when={parts()?.reason}>{(reason) => <p class="product-says">{own.sum.reasons[reason()]}</p>}</Show>
      <Show when={props.served?.stale}>
        {(stale) => (
          <p class="product-says" data-tone="bad">
            {own.sum.stale[stale().policy]} {stale().reason}
          </p>
        )}
      </Show>
    </>
  )
}

/** What is taken from the locations that count. */
function Sum(props: { readonly parts: Parts }): JSX.Element {
  return (
    <>
      <tr class="stock-sum">
        <th scope="row">{own.sum.available}</th>
        <td class="number">{level(props.parts.on_hand)}</td>
        <td class="number">{level(props.parts.available)}</td>
      </tr>
      <tr class="stock-sum">
        <th scope="row">{own.sum.reserved}</th>
        <td />
        <td class="number">{less(props.parts.reserved)}</td>
      </tr>
      <tr class="stock-sum">
        <th scope="row">{own.sum.buffer}</th>
        <td />
        <td class="number">{less(props.parts.buffer)}</td>
      </tr>
      <Show when={props.parts.held_until}>
        {(until) => (
          <tr class="stock-sum">
            <th scope="row">
              {own.sum.held} <Time at={until()} />
            </th>
            <td />
            <td class="number">{own.sum.all}</td>
          </tr>
        )}
      </Show>
    </>
  )
}

const level = (value: unknown): string => levelText(String(value ?? '0'))
const less = (value: string): string => `− ${level(value)}`
