import './demo.css'
import { A } from '@solidjs/router'
import { useMutation } from '@tanstack/solid-query'
import { For, type JSX, Match, Show, Switch } from 'solid-js'
import type { DemoScenario } from '../../api/answers.ts'
import { ask } from '../../api/ask.ts'
import { callerQuery, client, demoQuery } from '../../api/queries.ts'
import { useQuery } from '../../api/use-query.ts'
import { useMay } from '../../may.ts'
import { notify } from '../../parts/notices.tsx'
import { Badge, PageHead } from '../../parts/parts.tsx'
import { Unanswered } from '../../parts/unanswered.tsx'
import { NotFound } from '../../shell/not-found.tsx'
import { texts } from '../../texts.ts'
import { usePageTitle } from '../../title.ts'
import { orderPath } from '../orders/order-path.ts'

/** Faults to try out: each scenario is switched on, found on the other pages, fixed, and switched off. */
export function DemoPage(): JSX.Element {
  const caller = useQuery(callerQuery)
  return (
    <Show when={caller.isSuccess}>
      <Show when={caller.data?.demo} fallback={<NotFound />}>
        <Scenarios />
      </Show>
    </Show>
  )
}

function Scenarios(): JSX.Element {
  usePageTitle(() => texts.demo.title)
  const scenarios = useQuery(demoQuery)
  return (
    <>
      <PageHead title={texts.demo.title} lead={texts.demo.lead} />
      <Switch>
        <Match when={scenarios.isSuccess && scenarios.data}>
          {(told) => (
            <ul class="scenarios">
              <For each={told().items}>{(one) => <Scenario scenario={one} />}</For>
            </ul>
          )}
        </Match>
        <Unanswered of={scenarios} lines={6} framed />
      </Switch>
    </>
  )
}

function Scenario(props: { readonly scenario: DemoScenario }): JSX.Element {
  const may = useMay()
  const told = () => texts.demo.scenarios[props.scenario.id]
  const change = useMutation(() => ({
    mutationFn: (broken: boolean) =>
      ask<DemoScenario>(`/v1/demo/${encodeURIComponent(props.scenario.id)}`, { method: 'PUT', body: { broken } }),
    onSuccess: async ({ broken }: DemoScenario) => {
      notify(broken ? texts.demo.isBroken : texts.demo.isRepaired)
      await Promise.all(['demo', 'status'].map((key) => client.invalidateQueries({ queryKey: [key] })))
    },
    onError: (error: Error) => notify(error.message, 'bad'),
  }))
  const titleId = () => `scenario-${props.scenario.id}`
  const action = () => (props.scenario.broken ? texts.demo.repair : texts.demo.break)
  return (
    <li>
      <article class="card scenario" aria-labelledby={titleId()}>
        <div class="card-head">
          <h2 id={titleId()}>{told()?.title ?? props.scenario.id}</h2>
          <Show when={props.scenario.broken}>
            <Badge tone="bad">{texts.demo.broken}</Badge>
          </Show>
        </div>
        <div class="scenario-body">
          <p>{told()?.what}</p>
          <ol class="scenario-steps">
            <li>
              <strong>{texts.demo.see}</strong>
              <span>{told()?.see}</span>
            </li>
            <li>
              <strong>{texts.demo.fix}</strong>
              <span>{told()?.fix}</span>
            </li>
            <li>
              <strong>{texts.demo.end}</strong>
              <span>{told()?.end}</span>
            </li>
          </ol>
          <div class="scenario-actions">
            <button
              type="button"
              class="button"
              classList={{ primary: props.scenario.broken, danger: !props.scenario.broken }}
              disabled={change.isPending || !may('operate')}
              title={may('operate') ? undefined : texts.actions.mayNot}
              aria-label={`${action()}: ${told()?.title ?? props.scenario.id}`}
              onClick={() => change.mutate(!props.scenario.broken)}
            >
              {change.isPending ? texts.demo.working : action()}
            </button>
            <Show when={props.scenario.broken}>
              <A href={told()?.href ?? '/'} class="button">
                {texts.demo.look}
              </A>
            </Show>
            <Show when={props.scenario.order}>
              {(order) => (
                <A href={orderPath(order().source, order().number)} class="button">
                  {texts.order.title(order().number)}
                </A>
              )}
            </Show>
          </div>
        </div>
      </article>
    </li>
  )
}
