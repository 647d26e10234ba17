import { For, type JSX, Show } from 'solid-js'
import type { RoutedLine } from '../../api/answers.ts'
import { amountText, causeText, isZero } from '../../format.ts'
import { TableHead } from '../../parts/table-head.tsx'
import { texts } from '../../texts.ts'
import { colorOf } from './part-color.ts'

/** The shop's lines, each in the color of the party that it went to. */
export function Lines(props: {
  readonly lines: readonly RoutedLine[]
  readonly connections: readonly string[]
}): JSX.Element {
  return (
    <section class="card" aria-labelledby="lines">
      <div class="card-head">
        <h2 id="lines">{texts.order.lines}</h2>
        <span class="soft wide">{texts.order.linesLead}</span>
      </div>
      <div class="table-scroll">
        <table class="table lines">
          <TableHead
            columns={[
              texts.order.columns.sku,
              [texts.order.columns.ordered, 'number'],
              texts.order.columns.changes,
              texts.order.columns.goes,
              [texts.order.columns.amount, 'number'],
            ]}
          />
          <tbody>
            <For each={props.lines}>
              {(line) => (
                <tr
                  data-part={colorOf(line.connection, props.connections)}
                  data-unsent={isUnsent(line) ? '' : undefined}
                >
                  <td class="line-sku">{line.sku}</td>
                  <td class="number">{line.ordered}</td>
                  <td class="soft">{changesText(line)}</td>
                  <td>
                    <span class="goes">
                      <span class="swatch" aria-hidden="true" />
                      <Show when={line.connection} fallback={<span class="soft">{nobodysText(line)}</span>}>
                        {line.connection}
                      </Show>
                    </span>
                    <Show when={line.connection !== null && line.unsent}>
                      {(why) => (
                        <span class="soft line-unsent" title={why().message ?? undefined}>
                          {texts.order.notSent(unsentText(why().code))}
                        </span>
                      )}
                    </Show>
                  </td>
                  <td class="number">{line.amount === null ? '–' : amountText(line.amount)}</td>
                </tr>
              )}
            </For>
          </tbody>
        </table>
      </div>
    </section>
  )
}

function changesText({ canceled, refunded, shipped }: RoutedLine): string {
  const changes = [
    isZero(canceled) ? [] : texts.order.canceled(canceled),
    isZero(refunded) ? [] : texts.order.refunded(refunded),
    isZero(shipped) ? [] : texts.order.shipped(shipped),
  ]
  return changes.flat().join(', ')
}

const isUnsent = ({ connection, unsent }: RoutedLine): boolean => connection !== null && unsent !== null

function nobodysText({ parent, unsent }: RoutedLine): string {
  if (unsent !== null) return unsentText(unsent.code)
  return parent === null ? texts.order.own : texts.order.partOf(parent)
}

function unsentText(code: string): string {
  return texts.order.unsent[code] ?? causeText(code).toLowerCase()
}
