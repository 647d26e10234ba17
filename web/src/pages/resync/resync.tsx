import './resync.css'
import { A, useNavigate, useSearchParams } from '@solidjs/router'
import { useMutation } from '@tanstack/solid-query'
import { createSignal, For, type JSX, Match, Show, Switch } from 'solid-js'
import type { Difference, ReadStatus, Rebuild, Replay, SyncRequest } from '../../api/answers.ts'
import { ask, queryText } from '../../api/ask.ts'
import { readsQuery, rebuildsQuery, replaysQuery } from '../../api/queries.ts'
import { useQuery } from '../../api/use-query.ts'
import type { CsvTable } from '../../csv.ts'
import { countText, entityText } from '../../format.ts'
import { useMay } from '../../may.ts'
import { CsvButton } from '../../parts/csv-button.tsx'
import { Icon } from '../../parts/icons.tsx'
import { ListCard } from '../../parts/list-card.tsx'
import { notify } from '../../parts/notices.tsx'
import { Empty, PageHead } from '../../parts/parts.tsx'
import { ProgressBar } from '../../parts/progress-bar.tsx'
import { TableHead } from '../../parts/table-head.tsx'
import { Ago } from '../../parts/when.tsx'
import { texts } from '../../texts.ts'
import { usePageTitle } from '../../title.ts'
import { RebuildDialog } from './rebuild-dialog.tsx'
import { ReplayDialog } from './replay-dialog.tsx'
import { openReplays, RebuildState, ReplayState } from './resync-state.tsx'

const words = texts.resync
/** Rows of a list shown first, and the maximum that the API lists. */
const FEW = 25
const MOST = 500
const PERCENT = 100

/** Derives again what comes from topics: replays, rebuilds, and new starting points of reads. */
export function Resync(): JSX.Element {
  usePageTitle(() => words.title)
  const may = useMay()
  const [asked, setAsked] = createSignal<'replay' | 'rebuild' | null>(null)
  const why = () => (may('operate') ? undefined : texts.actions.mayNot)
  return (
    <>
      <PageHead
        title={words.title}
        lead={words.lead}
        actions={
          <>
            <button
              type="button"
              class="button"
              disabled={!may('operate')}
              title={why()}
              onClick={() => setAsked('rebuild')}
            >
              {words.rebuild}
            </button>
            <button
              type="button"
              class="button primary"
              disabled={!may('operate')}
              title={why()}
              onClick={() => setAsked('replay')}
            >
              {words.replay}
            </button>
          </>
        }
      />
      <div class="stack">
        <Replays />
        <Rebuilds />
        <Sweeps />
        <Backfills />
      </div>
      <Switch>
        <Match when={asked() === 'replay'}>
          <ReplayDialog onClose={() => setAsked(null)} />
        </Match>
        <Match when={asked() === 'rebuild'}>
          <RebuildDialog onClose={() => setAsked(null)} />
        </Match>
      </Switch>
    </>
  )
}

const replayTable: CsvTable<Replay> = {
  columns: ['id', 'topic', 'processor', 'connection', 'key', 'state', 'selected', 'sent', 'requested_at', 'ended_at'],
  cellsOf: (one) => [
    one.id,
    one.topic,
    one.processor,
    one.connection,
    one.key,
    one.state,
    one.selected,
    one.sent,
    one.requested_at,
    one.ended_at,
  ],
}

function Replays(): JSX.Element {
  const [search, setSearch] = useSearchParams<{ all: string }>()
  const limit = () => (search.all === 'replays' ? MOST : FEW)
  const replays = useQuery(() => replaysQuery(limit()))
  const load = async () => (await ask<{ readonly items: readonly Replay[] }>(`/v1/replays?limit=${MOST}`)).items
  return (
    <ListCard
      id="replays"
      title={words.replays}
      actions={<CsvButton name="replays" table={replayTable} load={load} />}
      of={replays}
      isEmpty={({ items }) => items.length === 0}
      empty={<Empty icon="retry" title={words.noReplays} lead={words.noReplaysLead} />}
      lines={4}
    >
      {(told) => (
        <>
          <ReplayTable replays={told().items} />
          <More isCut={told().items.length >= FEW && limit() === FEW} show={() => setSearch({ all: 'replays' })} />
        </>
      )}
    </ListCard>
  )
}

function More(props: { readonly isCut: boolean; readonly show: () => void }): JSX.Element {
  return (
    <Show when={props.isCut}>
      <div class="pager">
        <button type="button" class="button small" onClick={() => props.show()}>
          {texts.tasks.older}
          <Icon name="right" size={14} />
        </button>
      </div>
    </Show>
  )
}

function ReplayTable(props: { readonly replays: readonly Replay[] }): JSX.Element {
  return (
    <table class="table resync-table">
      <TableHead
        columns={[
          words.columns.what,
          words.columns.state,
          [words.columns.progress, 'wide'],
          [words.columns.by, 'wide'],
          [words.columns.requested, 'number wide'],
        ]}
      />
      <tbody>
        <For each={props.replays}>
          {(replay) => (
            <tr class="link">
              <td>
                <A href={`/resync/replays/${encodeURIComponent(replay.id)}`} class="row-link">
                  {words.through(replay.topic, replay.processor)}
                </A>
                <span class="soft resync-under">{aboutOf(replay)}</span>
              </td>
              <td>
                <ReplayState replay={replay} />
              </td>
              <td class="wide">
                <Show
                  when={openReplays.includes(replay.state)}
                  fallback={<span class="number soft">{words.events(countText(replay.sent))}</span>}
                >
                  <ProgressBar label={words.progressOf(replay.id)} done={replay.sent} total={replay.selected} />
                </Show>
              </td>
              <td class="wide soft">{replay.by ?? replay.trigger}</td>
              <td class="number soft wide">
                <Ago at={replay.requested_at} />
              </td>
            </tr>
          )}
        </For>
      </tbody>
    </table>
  )
}

function aboutOf({ connection, key, reason }: Replay): string {
  return [connection ?? words.everyConnection, key, reason].filter((one) => one !== null).join(' · ')
}

const rebuildTable: CsvTable<Rebuild> = {
  columns: ['id', 'table', 'state', 'generation', 'events', 'would_change', 'requested_at', 'ended_at'],
  cellsOf: (one) => [
    one.id,
    one.table,
    one.state,
    one.generation,
    one.events,
    one.difference === null ? null : changesOf(one.difference),
    one.requested_at,
    one.ended_at,
  ],
}

/** Rows that would change for readers. */
function changesOf({ only_live, only_rebuilt, differing }: Difference): number {
  return only_live + only_rebuilt + differing
}

function Rebuilds(): JSX.Element {
  const [search, setSearch] = useSearchParams<{ all: string }>()
  const limit = () => (search.all === 'rebuilds' ? MOST : FEW)
  const rebuilds = useQuery(() => rebuildsQuery(limit()))
  const load = async () => (await ask<{ readonly items: readonly Rebuild[] }>(`/v1/rebuilds?limit=${MOST}`)).items
  return (
    <ListCard
      id="rebuilds"
      title={words.rebuilds}
      actions={<CsvButton name="rebuilds" table={rebuildTable} load={load} />}
      of={rebuilds}
      isEmpty={({ items }) => items.length === 0}
      empty={<Empty icon="tasks" title={words.noRebuilds} lead={words.noRebuildsLead} />}
      lines={3}
    >
      {(told) => (
        <>
          <RebuildTable rebuilds={told().items} />
          <More isCut={told().items.length >= FEW && limit() === FEW} show={() => setSearch({ all: 'rebuilds' })} />
        </>
      )}
    </ListCard>
  )
}

function RebuildTable(props: { readonly rebuilds: readonly Rebuild[] }): JSX.Element {
  return (
    <table class="table resync-table">
      <TableHead
        columns={[
          words.columns.table,
          words.columns.state,
          [words.columns.events, 'number wide'],
          [words.columns.changes, 'number wide'],
          [words.columns.by, 'wide'],
          [words.columns.requested, 'number wide'],
        ]}
      />
      <tbody>
        <For each={props.rebuilds}>
          {(rebuild) => (
            <tr class="link">
              <td>
                <A href={`/resync/rebuilds/${encodeURIComponent(rebuild.id)}`} class="row-link">
                  {rebuild.table}
                </A>
                <Show when={rebuild.reason}>{(reason) => <span class="soft resync-under">{reason()}</span>}</Show>
              </td>
              <td>
                <RebuildState state={rebuild.state} />
              </td>
              <td class="number wide">{countText(rebuild.events)}</td>
              <td class="number wide">
                <Show when={rebuild.difference} fallback={<span class="faint">–</span>}>
                  {(difference) => countText(changesOf(difference()))}
                </Show>
              </td>
              <td class="wide soft">{rebuild.by ?? '–'}</td>
              <td class="number soft wide">
                <Ago at={rebuild.requested_at} />
              </td>
            </tr>
          )}
        </For>
      </tbody>
    </table>
  )
}

/** Reads that can be compared with their source. A preview deletes nothing, so it needs no confirmation. */
function Sweeps(): JSX.Element {
  const reads = useQuery(readsQuery)
  const sweptOf = (items: readonly ReadStatus[]) => items.filter(({ sweep }) => sweep !== null)
  return (
    <ListCard
      id="sweeps"
      title={words.sweeps}
      lead={words.sweepsLead}
      of={reads}
      isEmpty={({ items }) => sweptOf(items).length === 0}
      empty={<Empty icon="tasks" title={words.noSweeps} lead={words.noSweepsLead} />}
      lines={3}
    >
      {(told) => <SweepTable reads={sweptOf(told().items)} />}
    </ListCard>
  )
}

function SweepTable(props: { readonly reads: readonly ReadStatus[] }): JSX.Element {
  return (
    <table class="table resync-table">
      <TableHead
        columns={[
          words.sweepColumns.read,
          [words.sweepColumns.itself, 'wide'],
          [words.sweepColumns.guard, 'number wide'],
          [words.look, 'unseen'],
        ]}
      />
      <tbody>
        <For each={props.reads}>
          {(read) => (
            <tr>
              <td>
                <A href={`/tasks${queryText({ read: read.id })}`} class="text">
                  {read.id}
                </A>
                <span class="soft resync-under">{entityText(read.entity)}</span>
              </td>
              <td class="wide soft">{read.sweep?.schedule ?? texts.tasks.byHand}</td>
              <td class="number wide soft">{Math.round((read.sweep?.most_gone ?? 0) * PERCENT)} %</td>
              <td class="resync-look">
                <Look read={read.id} />
              </td>
            </tr>
          )}
        </For>
      </tbody>
    </table>
  )
}

function Look(props: { readonly read: string }): JSX.Element {
  const may = useMay()
  const navigate = useNavigate()
  const look = useMutation(() => ({
    mutationFn: () =>
      ask<SyncRequest>('/v1/sync-requests', { method: 'POST', body: { read: props.read, sweep: 'preview' } }),
    onSuccess: ({ task, merged_into }: SyncRequest) => {
      notify(words.sweepStarted(props.read))
      navigate(`/tasks/${encodeURIComponent(merged_into ?? task)}`)
    },
    onError: (error: Error) => notify(error.message, 'bad'),
  }))
  return (
    <button
      type="button"
      class="button small"
      disabled={look.isPending || !may('operate')}
      title={may('operate') ? undefined : texts.actions.mayNot}
      aria-label={`${words.look}: ${props.read}`}
      onClick={() => look.mutate()}
    >
      <Icon name="search" size={14} />
      {look.isPending ? words.looking : words.lookShort}
    </button>
  )
}

/** Reads of a system restart at their cut date, which is set on the page of their runs. */
function Backfills(): JSX.Element {
  const reads = useQuery(readsQuery)
  return (
    <ListCard
      id="backfills"
      title={words.backfill}
      lead={words.backfillLead}
      of={reads}
      isEmpty={({ items }) => items.length === 0}
      empty={<Empty icon="tasks" title={texts.tasks.noReads} lead={texts.tasks.noReadsLead} />}
      lines={3}
    >
      {(told) => <ReadTable reads={told().items} />}
    </ListCard>
  )
}

function ReadTable(props: { readonly reads: readonly ReadStatus[] }): JSX.Element {
  return (
    <table class="table resync-table">
      <TableHead
        columns={[
          texts.tasks.readColumns.read,
          [words.columns.what, 'wide'],
          [texts.tasks.readColumns.cutDate, 'number'],
        ]}
      />
      <tbody>
        <For each={props.reads}>
          {(read) => (
            <tr class="link">
              <td>
                <A href={`/tasks${queryText({ read: read.id })}`} class="row-link">
                  {read.id}
                </A>
              </td>
              <td class="wide soft">{entityText(read.entity)}</td>
              <td class="number soft">
                <Show when={read.cut_date} fallback={texts.tasks.notYet}>
                  {(at) => <Ago at={at()} />}
                </Show>
              </td>
            </tr>
          )}
        </For>
      </tbody>
    </table>
  )
}
