import { For, type JSX, Show } from 'solid-js'
import type { OrderTimeline } from '../../api/answers.ts'
import { amountText, isZero, sumOf } from '../../format.ts'
import { Icon } from '../../parts/icons.tsx'
import { texts } from '../../texts.ts'
import { colorOf } from './part-color.ts'

const WIDTH = 1000

type Order = NonNullable<OrderTimeline['order']>

interface Part extends Row {
  readonly name: string
}

/** What the buyer pays, its amounts, and the share of each party: added up here again, exactly. */
export function Money(props: { readonly order: Order; readonly connections: readonly string[] }): JSX.Element {
  const rows = () => [
    ...props.order.shares.flatMap((share) => sharesOf(share, props.connections)),
    { name: texts.order.own, color: 'own', amount: props.order.own },
  ]
  const difference = () => sumOf([props.order.total, ...rows().map(({ amount }) => negated(amount))])
  return (
    <section class="card money" aria-labelledby="money">
      <div class="card-head">
        <h2 id="money">{texts.order.money}</h2>
        <span class="soft">{props.order.currency}</span>
      </div>
      <div class="money-body">
        <table>
          <caption class="unseen">{texts.order.madeOf}</caption>
          <tbody>
            <For each={madeOf(props.order)}>
              {({ name, amount }) => (
                <tr>
                  <th scope="row">{name}</th>
                  <td class="number">{amountText(amount)}</td>
                </tr>
              )}
            </For>
          </tbody>
          <tfoot>
            <tr>
              <th scope="row">{texts.order.total}</th>
              <td class="number">{amountText(props.order.total)}</td>
            </tr>
          </tfoot>
        </table>
        <Show when={!isZero(props.order.amounts.refunded)}>
          <p class="soft money-refunded">
            <span>{texts.order.refundedOfIt}</span>
            <span class="number">{amountText(negated(props.order.amounts.refunded))}</span>
          </p>
        </Show>
        <Bar rows={rows()} />
        <table>
          <caption class="unseen">{texts.order.moneyLead}</caption>
          <tbody>
            <For each={rows()}>
              {(row) => (
                <tr data-part={row.color} data-unsent={row.isUnsent ? '' : undefined}>
                  <th scope="row">
                    <span class="goes">
                      <span class="swatch" aria-hidden="true" />
                      {row.name}
                    </span>
                  </th>
                  <td class="number">{amountText(row.amount)}</td>
                </tr>
              )}
            </For>
          </tbody>
        </table>
        <Show
          when={isZero(difference())}
          fallback={
            <p class="bad adds-up">
              <Icon name="problems" size={14} />
              {texts.order.differs(amountText(difference()))}
            </p>
          }
        >
          <p class="good adds-up">
            <Icon name="check" size={14} />
            {texts.order.addsUp}
          </p>
        </Show>
      </div>
    </section>
  )
}

/** The vendor's share: what was sent, and the part that was not. */
function sharesOf({ connection, sent, unsent }: Order['shares'][number], connections: readonly string[]): Part[] {
  const color = colorOf(connection, connections)
  const rest = { name: texts.order.notSentTo(connection), color, amount: unsent, isUnsent: true }
  if (isZero(unsent)) return [{ name: connection, color, amount: sent }]
  return isZero(sent) ? [rest] : [{ name: connection, color, amount: sent }, rest]
}

/** The subtotal and the other amounts. */
function madeOf({ amounts }: Order): readonly Pick<Part, 'name' | 'amount'>[] {
  const words = texts.order.amounts
  const rest = [
    { name: words.discount, amount: negated(amounts.discount) },
    { name: words.shipping, amount: amounts.shipping },
    { name: words.tax, amount: amounts.tax },
    { name: words.charges, amount: amounts.charges },
    { name: words.credit, amount: negated(amounts.credit) },
  ]
  return [{ name: words.subtotal, amount: amounts.subtotal }, ...rest.filter(({ amount }) => !isZero(amount))]
}

interface Row {
  readonly color: string
  readonly amount: string
  readonly isUnsent?: boolean
}

/** The shares as bars. Widths need not be exact: the figures are below. */
function Bar(props: { readonly rows: readonly Row[] }): JSX.Element {
  const segments = () => {
    const shares = props.rows.map(({ color, amount }) => ({ color, share: Math.max(0, Number(amount)) }))
    const all = shares.reduce((sum, { share }) => sum + share, 0) || 1
    let x = 0
    return shares.map(({ color, share }) => {
      const width = (share / all) * WIDTH
      const segment = { color, x, width }
      x += width
      return segment
    })
  }
  return (
    <svg class="money-bar" viewBox={`0 0 ${WIDTH} 10`} preserveAspectRatio="none" aria-hidden="true">
      <For each={segments()}>
        {({ color, x, width }) => <rect data-part={color} x={x} y="0" width={Math.max(0, width - 4)} height="10" />}
      </For>
    </svg>
  )
}

function negated(amount: string): string {
  return amount.startsWith('-') ? amount.slice(1) : `-${amount}`
}
