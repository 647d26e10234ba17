import './day.css'
import { useSearchParams } from '@solidjs/router'
import { createMemo, type JSX, Match, Show, Suspense, Switch } from 'solid-js'
import type { Figures } from '../../api/answers.ts'
import { figuresQuery } from '../../api/queries.ts'
import { useQuery } from '../../api/use-query.ts'
import { causeText, countText, durationText, entityText } from '../../format.ts'
import type { ChartLine } from '../../parts/chart-line.ts'
import { InTurn } from '../../parts/in-turn.tsx'
import { LateChart } from '../../parts/late-chart.ts'
import { Empty } from '../../parts/parts.tsx'
import { Select } from '../../parts/select.tsx'
import { Unanswered } from '../../parts/unanswered.tsx'
import { texts } from '../../texts.ts'
import { firstHours } from './first-hours.ts'

const MINUTE_S = 60
const day = texts.overview.day

/** Deliveries, failures and latency within a day, or within the first hours of an installation. */
export function Day(props: { readonly connections: readonly string[] }): JSX.Element {
  const [search, setSearch] = useSearchParams<{ of: string }>()
  const whole = useQuery(() => figuresQuery(search.of ?? ''))
  const from = createMemo(() => (whole.isSuccess ? firstHours(whole.data) : null))
  const hours = useQuery(() => ({ ...figuresQuery(search.of ?? '', from()), enabled: from() !== null }))
  const figures = () => (from() === null ? whole : hours)
  const told = () => {
    const shown = figures()
    return shown.isSuccess ? shown.data : undefined
  }
  return (
    <section aria-labelledby="day">
      <div class="section-head">
        <h2 id="day">{from() === null ? day.title : day.hoursTitle}</h2>
        <Show when={props.connections.length > 1 || search.of}>
          <div class="filters push">
            <Select
              label={day.of}
              value={search.of ?? ''}
              options={[{ value: '', text: day.all }, ...props.connections.map((one) => ({ value: one, text: one }))]}
              onChange={(of) => setSearch({ of: of || null }, { scroll: false })}
            />
          </div>
        </Show>
      </div>
      <Switch>
        <Match when={told()}>
          {(known) => (
            <Show when={known().parts.length > 0} fallback={<Nothing />}>
              <Charts figures={known()} minutes={from() === null ? 15 : 5} />
            </Show>
          )}
        </Match>
        <Unanswered of={figures()} lines={4} framed />
      </Switch>
    </section>
  )
}

function Nothing(): JSX.Element {
  return (
    <div class="card">
      <Empty icon="clock" title={day.none} lead={day.noneLead} />
    </div>
  )
}

function Charts(props: { readonly figures: Figures; readonly minutes: number }): JSX.Element {
  const times = createMemo(() => {
    const from = Date.parse(props.figures.from) / 1000
    const part = props.minutes * MINUTE_S
    const count = Math.ceil((Date.parse(props.figures.to) / 1000 - from) / part)
    return Array.from({ length: count }, (_, index) => from + index * part)
  })
  const parts = createMemo(() => {
    const byTime = new Map(props.figures.parts.map((part) => [Date.parse(part.from) / 1000, part]))
    return times().map((time) => byTime.get(time))
  })
  const done = createMemo(() =>
    byCount(props.figures.whole.done).map((entity, index): ChartLine => {
      return {
        name: entityText(entity),
        color: `--part-${(index % 5) + 1}`,
        values: parts().map((part) => part?.done[entity] ?? 0),
      }
    }),
  )
  const failed = createMemo(() =>
    byCount(props.figures.whole.failed).map((code, index): ChartLine => {
      const colors = ['--bad', '--warn', '--part-3', '--part-4', '--part-5']
      return {
        name: causeText(code),
        color: colors[index % 5] ?? '--bad',
        values: parts().map((part) => part?.failed[code] ?? 0),
      }
    }),
  )
  const durations = (of: 'end_to_end' | 'freshness'): readonly ChartLine[] => [
    { name: day.half, color: '--part-1', values: parts().map((part) => part?.[of].p50 ?? null) },
    { name: day.most, color: '--part-2', values: parts().map((part) => part?.[of].p95 ?? null) },
  ]
  const total = (counts: Readonly<Record<string, number>>) =>
    countText(Object.values(counts).reduce((sum, count) => sum + count, 0))
  const seconds = ({ p95 }: { readonly p95: number | null }) => (p95 === null ? '–' : durationText(p95))
  return (
    <div class="day-charts">
      <ChartCard
        title={day.delivered}
        lead={day.deliveredLead(props.minutes)}
        figure={total(props.figures.whole.done)}
        none={day.noneDelivered}
        isEmpty={done().length === 0}
      >
        <LateChart
          title={day.delivered}
          kind="bars"
          times={times()}
          lines={done()}
          valueText={(value) => countText(Math.round(value))}
        />
      </ChartCard>
      <ChartCard
        title={day.failed}
        lead={day.failedLead(props.minutes)}
        figure={total(props.figures.whole.failed)}
        none={day.noneFailed}
        isEmpty={failed().length === 0}
      >
        <LateChart
          title={day.failed}
          kind="bars"
          times={times()}
          lines={failed()}
          valueText={(value) => countText(Math.round(value))}
        />
      </ChartCard>
      <ChartCard
        title={day.latency}
        lead={day.latencyLead}
        figure={seconds(props.figures.whole.end_to_end)}
        unit={day.most}
        none={day.noneTimed}
        isEmpty={props.figures.whole.end_to_end.count === 0}
      >
        <LateChart
          title={day.latency}
          kind="lines"
          times={times()}
          lines={durations('end_to_end')}
          valueText={durationText}
        />
      </ChartCard>
      <ChartCard
        title={day.freshness}
        lead={day.freshnessLead}
        figure={seconds(props.figures.whole.freshness)}
        unit={day.most}
        none={day.noneTimed}
        isEmpty={props.figures.whole.freshness.count === 0}
      >
        <LateChart
          title={day.freshness}
          kind="lines"
          times={times()}
          lines={durations('freshness')}
          valueText={durationText}
        />
      </ChartCard>
    </div>
  )
}

function ChartCard(props: {
  readonly title: string
  readonly lead: string
  readonly figure: string
  readonly unit?: string
  readonly none: string
  readonly isEmpty: boolean
  readonly children: JSX.Element
}): JSX.Element {
  return (
    <article class="card">
      <div class="card-head">
        <div>
          <h3>{props.title}</h3>
          <p class="soft day-lead">{props.lead}</p>
        </div>
        <p class="day-figure number">
          {props.figure}
          <Show when={props.unit}>
            <span class="soft"> {props.unit}</span>
          </Show>
        </p>
      </div>
      <Show when={!props.isEmpty} fallback={<p class="day-none soft">{props.none}</p>}>
        <InTurn fallback={<Drawing />}>
          <Suspense fallback={<Drawing />}>{props.children}</Suspense>
        </InTurn>
      </Show>
    </article>
  )
}

/** Placeholder of a chart. */
function Drawing(): JSX.Element {
  return <div class="day-none" aria-busy="true" />
}

/** Names, highest count first. */
function byCount(counts: Readonly<Record<string, number>>): readonly string[] {
  return Object.entries(counts)
    .toSorted(([, a], [, b]) => b - a)
    .map(([name]) => name)
}
