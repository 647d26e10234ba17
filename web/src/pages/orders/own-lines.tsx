import { For, type JSX, Show } from 'solid-js'
import type { OrderPart } from '../../api/answers.ts'
import { amountText } from '../../format.ts'
import { TableHead } from '../../parts/table-head.tsx'
import { Time } from '../../parts/when.tsx'
import { texts } from '../../texts.ts'

const words = texts.ownLines

/** A part's lines as sent to the vendor, for callers that do not see the shop's order. */
export function OwnLines(props: { readonly part: OrderPart; readonly color: string }): JSX.Element {
  const id = () => `lines-${props.part.connection}`
  return (
    <section class="card" aria-labelledby={id()}>
      <div class="card-head">
        <h2 id={id()}>{words.titleOf(props.part.connection)}</h2>
        <Show when={props.part.placed_at}>
          {(at) => (
            <span class="soft">
              {words.placed} <Time at={at()} />
            </span>
          )}
        </Show>
      </div>
      <div class="table-scroll">
        <table class="table own-lines">
          <TableHead
            columns={[words.columns.sku, [words.columns.wanted, 'number'], [words.columns.amount, 'number']]}
          />
          <tbody>
            <For each={props.part.lines}>
              {(line) => (
                <tr data-part={props.color}>
                  <td class="line-sku">
                    {line.sku}
                    <Show when={line.name !== line.sku && line.name}>
                      {(name) => <span class="soft own-name">{name()}</span>}
                    </Show>
                  </td>
                  <td class="number">{line.wanted}</td>
                  <td class="number">{amountText(line.amount)}</td>
                </tr>
              )}
            </For>
          </tbody>
        </table>
      </div>
      <Show when={props.part.total}>
        {(total) => (
          <p class="own-total">
            <span class="soft">{words.total}</span>
            <strong class="number">
              {amountText(total())} {props.part.currency}
            </strong>
          </p>
        )}
      </Show>
    </section>
  )
}
