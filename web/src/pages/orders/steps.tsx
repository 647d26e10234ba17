import { A } from '@solidjs/router'
import { createSignal, For, type JSX, Match, Show, Switch } from 'solid-js'
import type { OrderTimeline, StagedEvent } from '../../api/answers.ts'
import { stepQuery } from '../../api/queries.ts'
import { useQuery } from '../../api/use-query.ts'
import { orderStateText } from '../../format.ts'
import { Icon } from '../../parts/icons.tsx'
import { Fact, Facts, JsonView, ProblemNote, Skeleton, toneOf } from '../../parts/parts.tsx'
import { Time } from '../../parts/when.tsx'
import { texts } from '../../texts.ts'
import { Calls } from './calls.tsx'
import { inShopText } from './in-shop-text.ts'
import { colorOf } from './part-color.ts'

type Step = OrderTimeline['steps'][number]

/** The stage that shows what the vendor did; later ones show its outcome. */
const ROUTED_BY = 'route-fulfilments'

/** Everything that happened to an order; each step opens to its details. */
export function Steps(props: {
  readonly source: string
  readonly number: string
  readonly steps: readonly Step[]
  readonly connections: readonly string[]
  readonly more: boolean
}): JSX.Element {
  return (
    <section class="card" aria-labelledby="timeline">
      <div class="card-head">
        <h2 id="timeline">{texts.order.timeline}</h2>
        <span class="soft wide">{texts.order.timelineLead}</span>
      </div>
      <Show when={props.more}>
        <p class="steps-more soft">{texts.order.more}</p>
      </Show>
      <ol class="steps">
        <For each={props.steps}>
          {(step) => (
            <StepItem source={props.source} number={props.number} step={step} connections={props.connections} />
          )}
        </For>
      </ol>
    </section>
  )
}

interface OfOrder {
  readonly source: string
  readonly number: string
  readonly step: Step
}

function StepItem(props: OfOrder & { readonly connections: readonly string[] }): JSX.Element {
  const [isOpen, setIsOpen] = createSignal(false)
  const isOfStage = () => props.step.by === null
  return (
    <li data-tone={toneOf(props.step.status)} data-part={colorOf(props.step.connection, props.connections)}>
      <details onToggle={(event) => setIsOpen(event.currentTarget.open)}>
        <summary>
          <span class="step-time soft number">
            <Time at={props.step.at} />
          </span>
          <span class="step-dot" aria-hidden="true" />
          <span class="step-text">
            <span class="step-what">
              <strong>{whatText(props.step)}</strong>
              <span class="soft">{props.step.by === null ? props.step.stage : texts.order.doneBy(props.step.by)}</span>
              <Show when={props.step.connection}>
                {(connection) => (
                  <span class="goes soft">
                    <span class="swatch" aria-hidden="true" />
                    {connection()}
                  </span>
                )}
              </Show>
              <Show when={props.step.target_id}>{(id) => <span class="soft">→ {id()}</span>}</Show>
            </span>
            <Show when={props.step.message}>{(message) => <span class="step-message">{message()}</span>}</Show>
          </span>
          <span class="step-open soft">
            <Icon name="right" size={14} />
          </span>
        </summary>
        <div class="step-facts">
          <StepFacts step={props.step} />
          <Show when={isOpen() && isOfStage()}>
            <Events source={props.source} number={props.number} step={props.step} />
          </Show>
        </div>
      </details>
    </li>
  )
}

/** The events behind a step and its calls, fetched when opened. */
function Events(props: OfOrder): JSX.Element {
  const events = useQuery(() => stepQuery({ source: props.source, number: props.number, step: props.step.step }, true))
  return (
    <Switch fallback={<Skeleton lines={4} />}>
      <Match when={events.isError}>
        <ProblemNote error={events.error} again={() => void events.refetch()} />
      </Match>
      <Match when={events.isSuccess && events.data}>
        {(told) => (
          <>
            <div class="step-events">
              <Event title={texts.order.asRead} event={told().as_read} />
              <Event title={texts.order.asMapped} event={told().as_mapped} />
            </div>
            <Calls of={told()} />
          </>
        )}
      </Match>
    </Switch>
  )
}

function Event(props: { readonly title: string; readonly event: StagedEvent | null }): JSX.Element {
  return (
    <Show when={props.event}>
      {(shown) => (
        <div>
          <h4>{props.title}</h4>
          <Show when={shown().event} fallback={<p class="soft">{shown().problem ?? texts.order.noPayload}</p>}>
            {(event) => <JsonView value={event()} />}
          </Show>
        </div>
      )}
    </Show>
  )
}

function whatText({ stage, status, code, fulfilment, by }: Step): string {
  if (by !== null) return texts.order.deeds[status] ?? status
  if (fulfilment === null) return orderStateText(status, code)
  const what = `${texts.order.kinds[fulfilment.kind] ?? fulfilment.kind} ${fulfilment.id}`
  return stage === ROUTED_BY ? what : `${what}: ${inShopText(status)}`
}

function StepFacts(props: { readonly step: Step }): JSX.Element {
  const facts = texts.order.facts
  return (
    <Facts>
      <Show when={props.step.code}>{(code) => <Fact name={facts.code}>{code()}</Fact>}</Show>
      <Show when={props.step.occurred_at}>
        {(at) => (
          <Fact name={facts.occurred}>
            <Time at={at()} />
          </Fact>
        )}
      </Show>
      <Show when={props.step.by === null} fallback={<Fact name={facts.by}>{props.step.by}</Fact>}>
        <Fact name={facts.read}>
          <Time at={props.step.read_at} />
        </Fact>
      </Show>
      <Show when={props.step.source_place}>
        {(place) => (
          <Fact name={facts.source}>{texts.order.place(place().topic, place().partition, place().offset)}</Fact>
        )}
      </Show>
      <Show when={props.step.mapped_place}>
        {(place) => (
          <Fact name={facts.mapped}>{texts.order.place(place().topic, place().partition, place().offset)}</Fact>
        )}
      </Show>
      <Show when={props.step.task}>
        {(task) => (
          <Fact name={facts.task}>
            <A href={`/tasks/${encodeURIComponent(task())}`}>{task()}</A>
          </Fact>
        )}
      </Show>
      <Show when={props.step.by === null}>
        <Fact name={facts.event}>
          <span class="mono">{props.step.event_id}</span>
        </Fact>
      </Show>
      <Show when={props.step.fulfilment}>
        {(fulfilment) => (
          <Fact name={texts.order.lines}>
            {fulfilment()
              .lines.map(({ quantity, sku }) => `${quantity} × ${sku}`)
              .join(', ')}
          </Fact>
        )}
      </Show>
    </Facts>
  )
}
