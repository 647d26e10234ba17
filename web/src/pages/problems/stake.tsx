import { For, type JSX, Show } from 'solid-js'
import type { GroupMoney } from '../../api/answers.ts'
import { amountText } from '../../format.ts'
import { texts } from '../../texts.ts'

/** Money waiting in a group: an amount per currency, and whether the real total is higher. */
export function Stake(props: { readonly money: GroupMoney }): JSX.Element {
  return (
    <span class="stake">
      <For each={props.money.amounts} fallback={<span class="soft">{texts.money.unknown}</span>}>
        {(amount) => (
          <span class="stake-amount">
            <Show when={!props.money.complete}>
              <span class="soft">{texts.money.atLeast} </span>
            </Show>
            {amountText(amount.total)} <span class="soft">{amount.currency}</span>
          </span>
        )}
      </For>
    </span>
  )
}
