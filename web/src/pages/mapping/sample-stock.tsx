import { For, type JSX, Show } from 'solid-js'
import type { MappingSample } from '../../api/answers.ts'
import { levelText } from '../../format.ts'
import { texts } from '../../texts.ts'

const own = texts.samples

type Stock = NonNullable<NonNullable<MappingSample['stock']>[number]['after']>

/** Stock of a SKU as shops get it, and why it is less or left out. */
export function SampleStock(props: { readonly source: string; readonly stock: Stock }): JSX.Element {
  const level = () => levelText(props.stock.total)
  return (
    <p class="sample-stock">
      {own.stock(props.source)}{' '}
      <Show
        when={props.stock.left_out}
        fallback={<span>{props.stock.in_stock ? own.inStock(level()) : own.outOfStock(level())}</span>}
      >
        {(left) => (
          <span>
            {own.leftOut(left().setting)} {left().reason}.
          </span>
        )}
      </Show>
      <For each={props.stock.parts?.shortages ?? []}>
        {({ location, available }) => <span class="soft"> {own.shortage(location, levelText(available))}</span>}
      </For>
      <Show when={props.stock.left_out === null && props.stock.stale}>
        {(stale) => (
          <span class="bad">
            {' '}
            {texts.productPage.sum.stale[stale().policy]} {stale().reason}.
          </span>
        )}
      </Show>
    </p>
  )
}
