import { For, type JSX, Show } from 'solid-js'
import { amountText } from '../../format.ts'
import { TableHead } from '../../parts/table-head.tsx'
import { Time } from '../../parts/when.tsx'
import { texts } from '../../texts.ts'
import { fieldsOf } from './origins.ts'

const own = texts.productPage

type Fields = Readonly<Record<string, unknown>>

const listOf = (value: unknown): readonly Fields[] => (Array.isArray(value) ? value.map(fieldsOf) : [])
const textOf = (value: unknown): string | null => (typeof value === 'string' ? value : null)

/** Prices of a SKU as its feed has them: a row for each level, currency and period, and for each larger quantity. */
export function Prices(props: { readonly data: Fields }): JSX.Element {
  const rows = () =>
    listOf(props.data['levels']).flatMap((level) => [
      ...(textOf(level['price']) === null ? [] : [{ level, from: null, price: level['price'] }]),
      ...listOf(level['tiers']).map((tier) => ({ level, from: textOf(tier['from']), price: tier['price'] })),
    ])
  const cost = () => textOf(props.data['cost'])
  return (
    <Show when={rows().length > 0} fallback={<p class="product-says soft">{own.noPrices}</p>}>
      <table class="table">
        <TableHead
          columns={[own.columns.level, [own.columns.from, 'number'], [own.columns.price, 'number'], own.columns.valid]}
        />
        <tbody>
          <For each={rows()}>
            {({ level, from, price }) => (
              <tr>
                <td>{String(level['level'])}</td>
                <td class="number">{from ?? '1'}</td>
                <td class="number">{priceText(price, level['currency'])}</td>
                <td>
                  <Validity from={textOf(level['validFrom'])} to={textOf(level['validTo'])} />
                </td>
              </tr>
            )}
          </For>
          <Show when={cost()}>
            {(amount) => (
              <tr>
                <th scope="row">{own.cost}</th>
                <td />
                <td class="number">{priceText(amount(), props.data['currency'])}</td>
                <td />
              </tr>
            )}
          </Show>
        </tbody>
      </table>
    </Show>
  )
}

function priceText(price: unknown, currency: unknown): string {
  return [amountText(String(price)), textOf(currency)].filter((part) => part !== null).join(' ')
}

function Validity(props: { readonly from: string | null; readonly to: string | null }): JSX.Element {
  return (
    <Show when={props.from !== null || props.to !== null} fallback={own.always}>
      <Show when={props.from} fallback="…">
        {(at) => <Time at={at()} />}
      </Show>
      {' – '}
      <Show when={props.to} fallback="…">
        {(at) => <Time at={at()} />}
      </Show>
    </Show>
  )
}
