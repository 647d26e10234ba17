import './system.css'
import { A, useSearchParams } from '@solidjs/router'
import { For, type JSX, Match, Switch } from 'solid-js'
import { callerQuery } from '../../api/queries.ts'
import { useQuery } from '../../api/use-query.ts'
import { Empty, PageHead } from '../../parts/parts.tsx'
import { Unanswered } from '../../parts/unanswered.tsx'
import { texts } from '../../texts.ts'
import { usePageTitle } from '../../title.ts'
import { ConsumersView } from './consumers.tsx'
import { ProcessesView } from './processes.tsx'
import { TablesView } from './tables.tsx'
import { TopicsView } from './topics.tsx'

const words = texts.system
const views = Object.entries(words.views)

/** What the installation runs on, for callers that may operate all of it. */
export function System(): JSX.Element {
  usePageTitle(() => words.title)
  return (
    <>
      <PageHead title={words.title} lead={words.lead} />
      <Operators>
        <Views />
      </Operators>
    </>
  )
}

/** For other callers it says so, and sends no request that would be refused and logged. */
function Operators(props: { readonly children: JSX.Element }): JSX.Element {
  const caller = useQuery(callerQuery)
  const isAllowed = () => caller.isSuccess && caller.data.scopes.includes('operate') && caller.data.connections === null
  return (
    <Switch>
      <Match when={isAllowed()}>{props.children}</Match>
      <Match when={caller.isSuccess}>
        <section class="card">
          <Empty icon="system" title={words.only} lead={words.onlyLead}>
            <A href="/" class="button">
              {texts.administration.onlyWay}
            </A>
          </Empty>
        </section>
      </Match>
      <Unanswered of={caller} lines={6} />
    </Switch>
  )
}

function Views(): JSX.Element {
  const [search] = useSearchParams<{ view: string }>()
  const view = () => search.view ?? 'processes'
  return (
    <>
      <nav class="tabs system-views" aria-label={words.viewsLabel}>
        <For each={views}>
          {([name, text]) => (
            <a
              href={name === 'processes' ? '/system' : `/system?view=${name}`}
              class="tab"
              aria-current={view() === name ? 'page' : undefined}
            >
              {text}
            </a>
          )}
        </For>
      </nav>
      <div class="stack">
        <Switch fallback={<ProcessesView />}>
          <Match when={view() === 'consumers'}>
            <ConsumersView />
          </Match>
          <Match when={view() === 'topics'}>
            <TopicsView />
          </Match>
          <Match when={view() === 'tables'}>
            <TablesView />
          </Match>
        </Switch>
      </div>
    </>
  )
}
