import { useSearchParams } from '@solidjs/router'
import { createMemo, For, type JSX, Match, Show, Suspense, Switch } from 'solid-js'
import { stockHistoryQuery } from '../../api/queries.ts'
import { useQuery } from '../../api/use-query.ts'
import { LateChart } from '../../parts/late-chart.ts'
import { Unanswered } from '../../parts/unanswered.tsx'
import { Time } from '../../parts/when.tsx'
import { texts } from '../../texts.ts'
import { stockSeries } from './stock-series.ts'

const own = texts.stockChart
const DAY_MS = 86_400_000
const windows = { '24h': DAY_MS, '7d': 7 * DAY_MS, '30d': 30 * DAY_MS } as const
type Window = keyof typeof windows

const windowOf = (text: string | undefined): Window => (text === '7d' || text === '30d' ? text : '24h')

/**
 * Stock of a SKU at a source over time: total, and by location. `stamp`: a new value means that there are new changes.
 */
export function StockChart(props: {
  readonly connection: string
  readonly sku: string
  readonly source: string
  readonly stamp: string
}): JSX.Element {
  const [search, setSearch] = useSearchParams<{ stock: string }>()
  const window = () => windowOf(search.stock)
  const history = useQuery(() =>
    stockHistoryQuery({ connection: props.connection, sku: props.sku, stamp: props.stamp, ms: windows[window()] }),
  )
  const series = createMemo(() => {
    if (!history.isSuccess) return null
    const { items, from, to } = history.data
    const ours = items.filter(({ source }) => source === props.source)
    return { ...stockSeries(ours, { from, to, total: own.total }), changes: ours.length }
  })
  return (
    <section class="stock-time" aria-label={own.title}>
      <div class="stock-time-head">
        <h3>{own.title}</h3>
        <fieldset class="switch window-switch">
          <legend class="unseen">{own.window}</legend>
          <For each={Object.keys(windows)}>
            {(one) => (
              <label>
                <input
                  type="radio"
                  name={`stock-${props.source}`}
                  checked={window() === one}
                  onChange={() => setSearch({ stock: one === '24h' ? null : one }, { replace: true, scroll: false })}
                />
                {own.windows[one]}
              </label>
            )}
          </For>
        </fieldset>
      </div>
      <Switch>
        <Match when={series()?.changes === 0}>
          <p class="product-says soft">{own.none}</p>
        </Match>
        <Match when={series()}>
          {(told) => (
            <Suspense fallback={<div class="stock-time-place" aria-busy="true" />}>
              <LateChart
                title={own.title}
                kind="steps"
                times={told().times}
                lines={told().lines}
                valueText={(value) => levels.format(value)}
              />
              <Show when={told().others > 0}>
                <p class="stock-time-note soft">{own.others(told().others)}</p>
              </Show>
            </Suspense>
          )}
        </Match>
        <Unanswered of={history} lines={4} />
      </Switch>
      <Show when={history.isSuccess && history.data.lookedBackTo}>
        {(at) => (
          <p class="stock-time-note soft">
            {own.lookedBack} <Time at={at()} />
          </p>
        )}
      </Show>
    </section>
  )
}

const levels = new Intl.NumberFormat('en-US', { maximumFractionDigits: 8 })
