import { For, type JSX, Match, Show, Switch } from 'solid-js'
import type { PullOfRow } from '../../api/answers.ts'
import { pullsQuery } from '../../api/queries.ts'
import { useQuery } from '../../api/use-query.ts'
import { ageText, countText, entityText } from '../../format.ts'
import { Badge, type Tone } from '../../parts/parts.tsx'
import { TableHead } from '../../parts/table-head.tsx'
import { Unanswered } from '../../parts/unanswered.tsx'
import { Ago } from '../../parts/when.tsx'
import { texts } from '../../texts.ts'
import { feedEntities } from './feed-entities.ts'

const own = texts.pulls
const tones: Readonly<Record<NonNullable<PullOfRow['has']>, Tone>> = { yes: 'good', no: 'warn', not_asked: 'idle' }

/**
 * Who has pulled the feeds of the connection, and whether they have the current SKU. `stamp`: a new value means that
 * there are new pulls.
 */
export function Pulls(props: {
  readonly connection: string
  readonly sku: string
  readonly stamp: string
}): JSX.Element {
  const pulls = useQuery(() => pullsQuery(props))
  return (
    <section class="card" aria-labelledby="pulls">
      <div class="card-head">
        <h2 id="pulls">{own.title}</h2>
      </div>
      <Switch>
        <Match when={pulls.isSuccess && pulls.data.items.length === 0}>
          <p class="product-says soft">{own.none}</p>
        </Match>
        <Match when={pulls.isSuccess && inOrder(pulls.data.items)}>
          {(items) => (
            <table class="table">
              <TableHead
                columns={[
                  own.columns.reader,
                  own.columns.feed,
                  own.columns.has,
                  [own.columns.rows, 'number wide'],
                  [own.columns.lag, 'number wide'],
                  [own.columns.at, 'number'],
                ]}
              />
              <tbody>
                <For each={items()}>
                  {(pull) => (
                    <tr>
                      <td>{readerText(pull)}</td>
                      <td class="soft">{feedText(pull)}</td>
                      <td>
                        <Show when={pull.has} fallback={<span class="faint">–</span>}>
                          {(has) => <Badge tone={tones[has()]}>{own.has[has()]}</Badge>}
                        </Show>
                      </td>
                      <td class="number wide">{countText(pull.rows)}</td>
                      <td class="number wide soft">{pull.lag === null ? own.never : ageText(pull.lag)}</td>
                      <td class="number soft">
                        <Ago at={pull.at} />
                      </td>
                    </tr>
                  )}
                </For>
              </tbody>
            </table>
          )}
        </Match>
        <Unanswered of={pulls} lines={2} />
      </Switch>
    </section>
  )
}

/** By reader, then in the page's order of feeds. */
function inOrder(pulls: readonly PullOfRow[]): readonly PullOfRow[] {
  const feeds: readonly string[] = feedEntities
  const placeOf = ({ feed }: PullOfRow) => feeds.indexOf(feed)
  return pulls.toSorted((a, b) => readerText(a).localeCompare(readerText(b)) || placeOf(a) - placeOf(b))
}

function readerText({ reader, name }: PullOfRow): string {
  return name ?? (reader === 'shared' ? own.shared : reader)
}

function feedText({ feed, source }: PullOfRow): string {
  return source === null ? entityText(feed) : `${entityText(feed)} · ${source}`
}
