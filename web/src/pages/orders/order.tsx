import './orders.css'
import { A, useParams } from '@solidjs/router'
import { createMemo, For, type JSX, Match, Show, Switch } from 'solid-js'
import type { OrderPart, OrderTimeline, PartFulfilment } from '../../api/answers.ts'
import { isMissing } from '../../api/ask.ts'
import { orderQuery } from '../../api/queries.ts'
import { useQuery } from '../../api/use-query.ts'
import { amountText } from '../../format.ts'
import { Icon } from '../../parts/icons.tsx'
import { InTask } from '../../parts/in-task.tsx'
import { Badge, Empty, Fact, Facts, OrderBadge, PageHead, toneOf } from '../../parts/parts.tsx'
import { Unanswered } from '../../parts/unanswered.tsx'
import { Ago, Time } from '../../parts/when.tsx'
import { texts } from '../../texts.ts'
import { usePageTitle } from '../../title.ts'
import { RetryProgress } from '../problems/retry-progress.tsx'
import { inShopText } from './in-shop-text.ts'
import { Lines } from './lines.tsx'
import { Money } from './money.tsx'
import { OwnLines } from './own-lines.tsx'
import { PartActions } from './part-actions.tsx'
import { colorOf } from './part-color.ts'
import { PartCancellation, PartHold } from './part-decisions.tsx'
import { Payload } from './payload.tsx'
import { Shares } from './shares.tsx'
import { Steps } from './steps.tsx'

/** Codes that the card explains in a note of its own. */
const SAID_ELSEWHERE: readonly string[] = ['order_held', 'canceled_by_hand']

/** One order: where its lines went, the money that adds up, what each vendor did, and everything that happened. */
export function OrderPage(): JSX.Element {
  const params = useParams<{ source: string; number: string }>()
  const source = () => decodeURIComponent(params.source)
  const number = () => decodeURIComponent(params.number)
  usePageTitle(() => texts.order.title(number()))
  const order = useQuery(() => orderQuery(source(), number()))
  // It is refetched repeatedly: the message stays meanwhile.
  const isNotThere = createMemo((was: boolean) => {
    if (order.isSuccess) return false
    return isMissing(order.error) || (was && order.isPending)
  }, false)
  return (
    <>
      <PageHead
        title={texts.order.title(number())}
        back={{ href: '/orders', text: texts.order.back }}
        beside={
          <Show when={order.isSuccess && order.data}>
            {(told) => (
              <For
                each={[
                  ...new Map(
                    told()
                      .parts.filter(hasSomething)
                      .map((part) => [`${part.status} ${part.code}`, part]),
                  ).values(),
                ]}
              >
                {(one) => <OrderBadge status={one.status} code={one.code} />}
              </For>
            )}
          </Show>
        }
      />
      <Switch>
        <Match when={order.isSuccess && order.data}>{(told) => <Told timeline={told()} />}</Match>
        <Match when={isNotThere()}>
          <div class="card">
            <Empty icon="orders" title={texts.order.notYet} lead={texts.order.notYetLead(source())}>
              <div class="dialog-actions">
                <A href="/orders" class="button">
                  {texts.order.find}
                </A>
                <A href="/tasks" class="button">
                  {texts.order.reads}
                </A>
              </div>
            </Empty>
          </div>
        </Match>
        <Unanswered of={order} lines={8} framed />
      </Switch>
    </>
  )
}

function Told(props: { readonly timeline: OrderTimeline }): JSX.Element {
  // A vendor gets a color even if nothing was sent to it.
  const connections = createMemo(() => {
    const all = [...props.timeline.parts, ...(props.timeline.order?.shares ?? [])]
    return [...new Set(all.map(({ connection }) => connection))].toSorted()
  })
  return (
    <div class="stack">
      <RetryProgress name={`order ${props.timeline.number}`} />
      <Show when={props.timeline.order} fallback={<OwnPart timeline={props.timeline} connections={connections()} />}>
        {(order) => (
          <>
            <div class="card order-facts">
              <Facts>
                <Fact name={texts.order.shop}>{props.timeline.source}</Fact>
                <Fact name={texts.order.state}>
                  {shopStateText(order().state)}
                  <Show when={order().status !== order().state}>
                    <span class="soft shop-status">{plainText(order().status)}</span>
                  </Show>
                </Fact>
                <Fact name={texts.order.placed}>
                  <Time at={order().placed_at} />
                </Fact>
                <Fact name={texts.order.read}>
                  <Ago at={order().read_at} />
                </Fact>
                <Fact name={texts.order.total}>
                  {amountText(order().total)} {order().currency}
                </Fact>
              </Facts>
            </div>
            <div class="order-columns">
              <InTask>
                <Lines lines={order().lines} connections={connections()} />
              </InTask>
              <InTask>
                <Money order={order()} connections={connections()} />
              </InTask>
            </div>
          </>
        )}
      </Show>
      <InTask>
        <Parts timeline={props.timeline} connections={connections()} />
      </InTask>
      <InTask>
        <Steps
          source={props.timeline.source}
          number={props.timeline.number}
          steps={props.timeline.steps}
          connections={connections()}
          more={props.timeline.more}
        />
      </InTask>
    </div>
  )
}

/** The shop's code in words: codes would break within a word. */
const plainText = (code: string): string => code.replaceAll('_', ' ')

function shopStateText(state: string): string {
  const known = texts.order.shopStates[state]
  return known ?? plainText(state).replace(/^./, (first) => first.toUpperCase())
}

/** The page without the shop's order: a vendor sees its own lines. */
function OwnPart(props: { readonly timeline: OrderTimeline; readonly connections: readonly string[] }): JSX.Element {
  const own = () => props.timeline.parts.filter(({ lines }) => lines.length > 0)
  return (
    <For
      each={own()}
      fallback={
        <div class="card">
          <Empty icon="orders" title={texts.order.gone} lead={texts.order.goneLead} />
        </div>
      }
    >
      {(part) => <OwnLines part={part} color={colorOf(part.connection, props.connections)} />}
    </For>
  )
}

function Parts(props: { readonly timeline: OrderTimeline; readonly connections: readonly string[] }): JSX.Element {
  const namesOf = (parts: readonly OrderPart[]) => parts.map(({ connection }) => connection)
  const named = createMemo(() => namesOf(props.timeline.parts.filter(hasSomething)))
  const others = createMemo(() => namesOf(props.timeline.parts.filter((part) => !hasSomething(part))))
  return (
    <Show when={props.timeline.parts.length > 0}>
      <section aria-labelledby="parts">
        <div class="section-head">
          <h2 id="parts">{texts.order.parts}</h2>
        </div>
        <div class="parts">
          <For each={named()}>
            {(connection) => (
              // Keyed by name: content opened over a part stays open when the part changes.
              <Show when={props.timeline.parts.find((part) => part.connection === connection)}>
                {(part) => (
                  <PartCard
                    part={part()}
                    number={props.timeline.number}
                    source={props.timeline.source}
                    hasOthers={named().length > 1}
                    color={colorOf(connection, props.connections)}
                  />
                )}
              </Show>
            )}
          </For>
        </div>
        <Show when={others().length > 0}>
          <p class="soft parts-without">{texts.order.partless(others().join(', '))}</p>
        </Show>
      </section>
    </Show>
  )
}

/** A vendor of the shop without lines and without anything sent has no part. */
function hasSomething({ status, code, total, hold, cancellation, fulfilments }: OrderPart): boolean {
  const isOfOthers = status === 'ignored' && code === 'no_vendor_lines'
  return !isOfOthers || total !== null || hold !== null || cancellation !== null || fulfilments.length > 0
}

function PartCard(props: {
  readonly part: OrderPart
  readonly source: string
  readonly number: string
  readonly hasOthers: boolean
  readonly color: string
}): JSX.Element {
  const problems = () => `/problems?${new URLSearchParams({ connection: props.part.connection, key: props.number })}`
  const noteTone = () => {
    if (props.part.status === 'failed') return 'bad'
    return ['delivered', 'returned', 'sent_again'].includes(props.part.code ?? '') ? 'good' : 'warn'
  }
  return (
    <article class="card part" data-part={props.color}>
      <div class="card-head">
        <span class="swatch" aria-hidden="true" />
        <h3>{props.part.connection}</h3>
        <Show when={props.part.hold}>
          <Badge tone="warn">{texts.orders.reasons['order_held']}</Badge>
        </Show>
        <Show when={props.part.hold === null || props.part.status !== 'waiting'}>
          <OrderBadge status={props.part.status} code={props.part.code} />
        </Show>
      </div>
      <div class="part-body">
        <Facts>
          <Fact name={texts.order.columns.amount}>
            <Show when={props.part.total} fallback={<span class="soft">{texts.order.nothingSent}</span>}>
              {(total) => `${amountText(total())} ${props.part.currency ?? ''}`}
            </Show>
          </Fact>
          <Fact name={texts.order.inErp}>
            <Show when={props.part.target_id} fallback={<span class="soft">{texts.order.noErp}</span>}>
              {(id) => id()}
            </Show>
          </Fact>
          <Fact name={texts.order.changed}>
            <Ago at={props.part.updated_at} />
          </Fact>
        </Facts>
        <Show when={props.part.hold}>{(hold) => <PartHold hold={hold()} />}</Show>
        <Show when={props.part.cancellation}>{(one) => <PartCancellation cancellation={one()} />}</Show>
        <Show when={!SAID_ELSEWHERE.includes(props.part.code ?? '') && (props.part.message ?? props.part.code)}>
          {(why) => (
            <div class="note" data-tone={noteTone()}>
              <Icon name={noteTone() === 'good' ? 'check' : 'problems'} />
              <p>{why()}</p>
              <Show when={props.part.status === 'failed'}>
                <A href={problems()} class="button small">
                  {texts.order.seeProblem}
                </A>
              </Show>
            </div>
          )}
        </Show>
        <div>
          <h4>{texts.order.fulfilments}</h4>
          <ul class="fulfilments">
            <For each={props.part.fulfilments} fallback={<li class="soft">{texts.order.noFulfilments}</li>}>
              {(one) => <Fulfilment fulfilment={one} />}
            </For>
          </ul>
        </div>
        <InTask>
          <Payload connection={props.part.connection} number={props.number} />
          <Shares source={props.source} number={props.number} connection={props.part.connection} />
          <PartActions part={props.part} source={props.source} number={props.number} hasOthers={props.hasOthers} />
        </InTask>
      </div>
    </article>
  )
}

function Fulfilment(props: { readonly fulfilment: PartFulfilment }): JSX.Element {
  return (
    <li>
      <div class="fulfilment-head">
        <Icon name="fulfilments" />
        <strong>{texts.order.kinds[props.fulfilment.kind] ?? props.fulfilment.kind}</strong>
        <span class="soft">{props.fulfilment.id}</span>
        <Badge tone={props.fulfilment.status === 'succeeded' ? 'good' : toneOf(props.fulfilment.status)}>
          {inShopText(props.fulfilment.status)}
        </Badge>
      </div>
      <ul class="soft">
        <For each={props.fulfilment.lines}>
          {(line) => (
            <li>
              {line.quantity} × {line.sku}
              {line.reason === null ? '' : ` · ${line.reason}`}
            </li>
          )}
        </For>
      </ul>
      <Show when={props.fulfilment.message}>{(message) => <p class="warn">{message()}</p>}</Show>
    </li>
  )
}
