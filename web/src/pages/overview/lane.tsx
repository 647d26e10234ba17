import { A } from '@solidjs/router'
import { For, type JSX, Show } from 'solid-js'
import type { ConnectionStatus, Flow, PullStatus } from '../../api/answers.ts'
import { now } from '../../clock.ts'
import { ageText, countText, durationText, entityText } from '../../format.ts'
import { Icon, iconOf } from '../../parts/icons.tsx'
import { Badge, type Tone } from '../../parts/parts.tsx'
import { Ago } from '../../parts/when.tsx'
import { texts } from '../../texts.ts'
import { HoldLane, LaneHolds } from '../holds/lane-holds.tsx'
import { entityOfStage } from './attention.ts'
import { End } from './end.tsx'
import { LATE_MS } from './late-ms.ts'

/** A connection: its shop, its vendor, and the flows between them in both directions. */
export function Lane(props: { readonly connection: ConnectionStatus }): JSX.Element {
  const health = () => {
    if (!props.connection.enabled) return { tone: 'idle', text: texts.overview.health.off } as const
    if (props.connection.healthy) return { tone: 'good', text: texts.overview.health.good } as const
    return { tone: 'bad', text: texts.overview.health.bad } as const
  }
  const titleId = () => `lane-${props.connection.connection}`
  return (
    <article class="card lane" aria-labelledby={titleId()} data-tone={health().tone}>
      <div class="card-head">
        <h3 id={titleId()}>{props.connection.connection}</h3>
        <span class="lane-head-end">
          <Badge tone={health().tone}>{health().text}</Badge>
          <HoldLane of={props.connection} />
        </span>
      </div>
      <LaneHolds of={props.connection} />
      <div class="lane-body">
        <End icon="shop" role={texts.overview.shop} name={props.connection.shop} of={props.connection} />
        <table class="flows">
          <thead>
            <tr>
              <th>{texts.overview.columns.flow}</th>
              <th class="flow-track">
                <span class="unseen">{texts.overview.columns.direction}</span>
              </th>
              <th class="number">{texts.overview.columns.lastRead}</th>
              <th class="number flow-times">{texts.overview.columns.times}</th>
              <th class="number">{texts.overview.columns.processing}</th>
              <th class="number">{texts.overview.columns.waiting}</th>
              <th class="number">{texts.overview.columns.failed}</th>
            </tr>
          </thead>
          <tbody>
            <For each={inOrder(props.connection.flows)}>{(flow) => <FlowRow flow={flow} of={props.connection} />}</For>
          </tbody>
        </table>
        <End icon="vendor" role={texts.overview.vendor} name={props.connection.vendor} of={props.connection} />
      </div>
      <Pullers pulls={props.connection.pulls} />
    </article>
  )
}

/** Who pulls the feeds of the connection, and how far behind each is. */
function Pullers(props: { readonly pulls: readonly PullStatus[] }): JSX.Element {
  const readers = () => [...Map.groupBy(props.pulls, ({ name, reader }) => name ?? reader)]
  const lagText = ({ feed, lag }: PullStatus) =>
    lag === null ? texts.pulls.notCaughtUp(entityText(feed)) : texts.pulls.lag(entityText(feed), ageText(lag))
  return (
    <Show when={props.pulls.length > 0}>
      <ul class="pullers soft" aria-label={texts.pulls.lane}>
        <For each={readers()}>
          {([reader, own]) => (
            <li>
              <span>
                {texts.pulls.lane} <strong>{reader === 'shared' ? texts.pulls.shared : reader}</strong>
              </span>
              <For each={own}>{(pull) => <span class="number">{lagText(pull)}</span>}</For>
            </li>
          )}
        </For>
      </ul>
    </Show>
  )
}

/** Flows to the vendor and its answers first, then the catalog. The same order in every lane. */
const order = ['orders', 'fulfilments', 'products', 'inventory', 'prices', 'images']

function inOrder(flows: readonly Flow[]): readonly Flow[] {
  const placeOf = ({ entity }: Flow) => (order.includes(entity) ? order.indexOf(entity) : order.length)
  return flows.toSorted((a, b) => placeOf(a) - placeOf(b))
}

function FlowRow(props: { readonly flow: Flow; readonly of: ConnectionStatus }): JSX.Element {
  const isToVendor = () => props.flow.entity === 'orders'
  const isPaused = () =>
    props.of.paused.some(({ stage }) => (entityOfStage(stage) ?? props.flow.entity) === props.flow.entity)
  const isDown = () =>
    props.of.ends.some(({ circuit }) => circuit?.stages.some((stage) => entityOfStage(stage) === props.flow.entity))
  const problem = () => props.flow.reads.find((read) => read.problem !== null && read.enabled)?.problem ?? null
  const lateSince = () => {
    const { since } = props.flow.processing
    return since !== null && now() - Date.parse(since) > LATE_MS ? since : null
  }
  const isOff = () => !props.of.enabled || props.flow.reads.every(({ enabled }) => !enabled)
  const tone = (): Tone => {
    if (isOff()) return 'idle'
    if (isPaused() || isDown() || props.flow.failed.count > 0) return 'bad'
    if (problem() !== null || props.flow.waiting.count > 0 || lateSince() !== null) return 'warn'
    return 'good'
  }
  const letters = () => `/problems?${new URLSearchParams({ connection: props.of.connection })}`
  const processing = () => `/orders?${new URLSearchParams({ connection: props.of.connection, state: 'processing' })}`
  const waiting = () => `/problems/waiting?${new URLSearchParams({ connection: props.of.connection })}`
  return (
    <tr>
      <th scope="row">
        <span class="flow-name">
          <Icon name={iconOf(props.flow.entity) ?? 'file'} />
          {entityText(props.flow.entity)}
        </span>
      </th>
      <td class="flow-track">
        <span
          class="track"
          data-tone={tone()}
          data-moving={props.flow.processing.count > 0 && !isPaused() && !isDown()}
          data-direction={isToVendor() ? 'vendor' : 'shop'}
        >
          <span class="unseen">{isToVendor() ? texts.direction.toVendor : texts.direction.toShop}</span>
        </span>
      </td>
      <td class="number" data-label={texts.overview.columns.lastRead}>
        <LastRead flow={props.flow} isOff={isOff()} problem={problem()} />
      </td>
      <Times of={props.flow.times} />
      <td class="number" data-label={texts.overview.columns.processing} data-zero={props.flow.processing.count === 0}>
        <Show when={lateSince()}>
          {(since) => (
            <span class="soft oldest">
              <Ago at={since()} bare />
            </span>
          )}
        </Show>
        <Show
          when={isToVendor() && props.flow.processing.count > 0}
          fallback={<Count count={props.flow.processing.count} more={props.flow.processing.more} />}
        >
          <A href={processing()} class="figure">
            {countText(props.flow.processing.count, props.flow.processing.more)}
          </A>
        </Show>
      </td>
      <td class="number" data-label={texts.overview.columns.waiting} data-zero={props.flow.waiting.count === 0}>
        <Show when={props.flow.waiting.count > 0} fallback={<Count count={0} />}>
          <Show when={props.flow.waiting.since}>
            {(since) => (
              <span class="soft oldest">
                <Ago at={since()} bare />
              </span>
            )}
          </Show>
          <A href={waiting()} class="warn figure">
            {countText(props.flow.waiting.count, props.flow.waiting.more)}
          </A>
        </Show>
      </td>
      <td class="number" data-label={texts.overview.columns.failed} data-zero={props.flow.failed.count === 0}>
        <Show when={props.flow.failed.count > 0} fallback={<Count count={0} />}>
          <A href={letters()} class="bad figure">
            {countText(props.flow.failed.count, props.flow.failed.more)}
          </A>
        </Show>
      </td>
    </tr>
  )
}

/** Latency of the last hour's deliveries; an empty cell if there were none. */
function Times(props: { readonly of: Flow['times'] }): JSX.Element {
  const shown = (seconds: number | null) => (seconds === null ? '' : durationText(seconds))
  const what = () => {
    const { end_to_end: whole, freshness } = props.of
    if (whole.p50 === null || whole.p95 === null) return undefined
    const read = freshness.p95 === null ? null : durationText(freshness.p95)
    return texts.overview.times(countText(whole.count), durationText(whole.p50), durationText(whole.p95), read)
  }
  return (
    <td
      class="number flow-times"
      data-label={texts.overview.columns.times}
      data-zero={props.of.end_to_end.p50 === null}
      title={what()}
    >
      <span>{shown(props.of.end_to_end.p50)}</span>
      <span class="soft">{shown(props.of.end_to_end.p95)}</span>
    </td>
  )
}

function Count(props: { readonly count: number; readonly more?: boolean }): JSX.Element {
  return (
    <span classList={{ faint: props.count === 0, figure: props.count > 0 }}>
      {countText(props.count, props.more ?? false)}
    </span>
  )
}

/** The oldest of several reads of a flow: the figures are at most this old. */
function LastRead(props: {
  readonly flow: Flow
  readonly isOff: boolean
  readonly problem: string | null
}): JSX.Element {
  const oldest = () => {
    const times = props.flow.reads.filter(({ enabled }) => enabled).map(({ last_good }) => last_good)
    return times.includes(null) ? null : (times.toSorted()[0] ?? null)
  }
  return (
    <Show when={!props.isOff} fallback={<span class="faint">{texts.overview.off}</span>}>
      <span class={props.problem === null ? 'soft' : 'warn'} title={props.problem ?? undefined}>
        <Show when={oldest()} fallback={texts.overview.never}>
          {(at) => <Ago at={at()} />}
        </Show>
      </span>
    </Show>
  )
}
