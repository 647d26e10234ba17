import './overview.css'
import { useSearchParams } from '@solidjs/router'
import { createMemo, type JSX, Match, Show, Switch } from 'solid-js'
import type { Status } from '../../api/answers.ts'
import { statusQuery } from '../../api/queries.ts'
import { useQuery } from '../../api/use-query.ts'
import { entityText } from '../../format.ts'
import { Icon } from '../../parts/icons.tsx'
import { InTasks } from '../../parts/in-tasks.tsx'
import { Live } from '../../parts/live.tsx'
import { Parted } from '../../parts/parted.tsx'
import { Copyable, Empty, PageHead } from '../../parts/parts.tsx'
import { Unanswered } from '../../parts/unanswered.tsx'
import { WhenNear } from '../../parts/when-near.tsx'
import { texts } from '../../texts.ts'
import { usePageTitle } from '../../title.ts'
import { attentionOf, unreadEntities } from './attention.ts'
import { AttentionList } from './attention-list.tsx'
import { Day } from './day.tsx'
import { Lane } from './lane.tsx'

/** Everything at a glance: problems first, then each connection with its flows. */
export function Overview(): JSX.Element {
  usePageTitle(() => texts.overview.title)
  const status = useQuery(() => statusQuery())
  const told = () => (status.isPending ? undefined : status.data)
  return (
    <>
      <PageHead title={texts.overview.title} actions={<Live at={status.dataUpdatedAt} />} />
      <Switch>
        <Match when={told()}>{(known) => <Told status={known()} />}</Match>
        <Unanswered of={status} lines={5} framed />
      </Switch>
    </>
  )
}

function Told(props: { readonly status: Status }): JSX.Element {
  const attention = createMemo(() => attentionOf(props.status))
  return (
    <Show when={props.status.connections.length > 0} fallback={<NoConnections />}>
      <div class="stack">
        <Show when={attention().length > 0} fallback={<Fine status={props.status} />}>
          <AttentionList items={attention()} complete={props.status.complete} />
        </Show>
        <Lanes connections={props.status.connections} />
        <WhenNear>
          <Day connections={props.status.connections.map(({ connection }) => connection)} />
        </WhenNear>
      </div>
    </Show>
  )
}

/** No problems; also says whether everything has been read. */
function Fine(props: { readonly status: Status }): JSX.Element {
  const unread = () => unreadEntities(props.status)
  return (
    <Show
      when={unread().length === 0}
      fallback={
        <div class="note" data-tone="info">
          <Icon name="clock" />
          <div>
            <strong>{texts.overview.starting}</strong>
            <p class="soft">{texts.overview.startingLead(unread().map(entityText).join(', '))}</p>
          </div>
        </div>
      }
    >
      <div class="note" data-tone="good">
        <Icon name="check" />
        <div>
          <strong>{texts.overview.fine}</strong>
          <p class="soft">{texts.overview.fineLead}</p>
        </div>
      </div>
    </Show>
  )
}

function NoConnections(): JSX.Element {
  return (
    <div class="card">
      <Empty icon="overview" title={texts.overview.noneTitle} lead={texts.overview.noneLead}>
        <Copyable text={texts.overview.noneCommand} />
      </Empty>
    </div>
  )
}

/** Lanes drawn at once. */
const LANES = 20

function Lanes(props: { readonly connections: Status['connections'] }): JSX.Element {
  const [search, setSearch] = useSearchParams<{ q: string; only: string; part: string }>()
  const shown = createMemo(() => {
    const wanted = (search.q ?? '').toLowerCase()
    return props.connections.filter(({ connection, shop, vendor, healthy }) => {
      if (search.only === 'problems' && healthy) return false
      return [connection, shop, vendor].some((name) => name.toLowerCase().includes(wanted))
    })
  })
  return (
    <section aria-labelledby="connections">
      <div class="section-head">
        <h2 id="connections">{texts.overview.connections}</h2>
        <span class="faint number">{props.connections.length}</span>
        <div class="filters push">
          <label class="search">
            <span class="unseen">{texts.overview.filter}</span>
            <Icon name="search" size={14} />
            <input
              type="search"
              class="input"
              placeholder={texts.overview.filter}
              value={search.q ?? ''}
              onInput={(event) => setSearch({ q: event.currentTarget.value || null, part: null }, { replace: true })}
            />
          </label>
          <label class="check">
            <input
              type="checkbox"
              checked={search.only === 'problems'}
              onChange={(event) => setSearch({ only: event.currentTarget.checked ? 'problems' : null, part: null })}
            />
            {texts.overview.only}
          </label>
        </div>
      </div>
      <div class="lanes">
        <Parted name="part" rows={shown()} atOnce={LANES}>
          {(lanes) => (
            <Show
              when={lanes().length > 0}
              fallback={
                <div class="card">
                  <Empty icon="search" title={texts.overview.noMatch} lead="">
                    <button type="button" class="button" onClick={() => setSearch({ q: null, only: null, part: null })}>
                      {texts.overview.clear}
                    </button>
                  </Empty>
                </div>
              }
            >
              <InTasks rows={lanes()} place={() => <div class="card lane-place" />}>
                {(one) => <Lane connection={one} />}
              </InTasks>
            </Show>
          )}
        </Parted>
      </div>
    </section>
  )
}
