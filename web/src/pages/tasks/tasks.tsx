import './tasks.css'
import { A, useSearchParams } from '@solidjs/router'
import { useMutation } from '@tanstack/solid-query'
import { createMemo, For, type JSX, Match, Show, Switch } from 'solid-js'
import type { ReadStatus, Task } from '../../api/answers.ts'
import { ask, queryText } from '../../api/ask.ts'
import { client, readsQuery, tasksQuery } from '../../api/queries.ts'
import { useQuery } from '../../api/use-query.ts'
import { now } from '../../clock.ts'
import type { CsvTable } from '../../csv.ts'
import { ageText, countText, entityText, stateText } from '../../format.ts'
import { useMay } from '../../may.ts'
import { allRows, CsvButton } from '../../parts/csv-button.tsx'
import { notify } from '../../parts/notices.tsx'
import { Pager } from '../../parts/pager.tsx'
import { Parted } from '../../parts/parted.tsx'
import { Badge, Empty, PageHead, StateBadge } from '../../parts/parts.tsx'
import { ReadId } from '../../parts/read-id.tsx'
import { Select } from '../../parts/select.tsx'
import { TableHead } from '../../parts/table-head.tsx'
import { Unanswered } from '../../parts/unanswered.tsx'
import { Ago, Time } from '../../parts/when.tsx'
import { texts } from '../../texts.ts'
import { usePageTitle } from '../../title.ts'
import { ReadActions } from './read-actions.tsx'
import { ReadProblem } from './read-problem.tsx'
import { failedOf, tookText } from './task-figures.ts'

const states = ['due', 'processing', 'completed', 'failed', 'incomplete', 'merged'] as const
const stateOptions = [
  { value: '', text: texts.tasks.anyState },
  ...states.map((one) => ({ value: one, text: stateText(one) })),
]

/** The systems' reads: up to when, when next, and every run. */
export function Tasks(): JSX.Element {
  usePageTitle(() => texts.tasks.title)
  return (
    <>
      <PageHead title={texts.tasks.title} />
      <div class="stack">
        <Reads />
        <Runs />
      </div>
    </>
  )
}

function Reads(): JSX.Element {
  const reads = useQuery(readsQuery)
  return (
    <section class="card" aria-labelledby="reads">
      <div class="card-head">
        <h2 id="reads">{texts.tasks.reads}</h2>
      </div>
      <Switch>
        <Match when={reads.isSuccess && reads.data.items.length === 0}>
          <Empty icon="tasks" title={texts.tasks.noReads} lead={texts.tasks.noReadsLead} />
        </Match>
        <Match when={reads.isSuccess && reads.data}>
          {(told) => (
            <Parted name="reads" rows={told().items}>
              {(shown) => <ReadTable reads={shown()} />}
            </Parted>
          )}
        </Match>
        <Unanswered of={reads} lines={4} />
      </Switch>
    </section>
  )
}

function ReadTable(props: { readonly reads: readonly ReadStatus[] }): JSX.Element {
  return (
    <table class="table reads">
      <TableHead
        columns={[
          texts.tasks.readColumns.read,
          [texts.tasks.readColumns.cutDate, 'number wide'],
          texts.tasks.readColumns.last,
          [texts.tasks.readColumns.published, 'number wide'],
          [texts.tasks.readColumns.next, 'number wide'],
          [texts.tasks.run, 'unseen'],
        ]}
      />
      <tbody>
        <For each={props.reads}>
          {(read) => (
            <tr>
              <td>
                <A href={`/tasks${queryText({ read: read.id })}`} class="read-name">
                  <ReadId id={read.id} />
                </A>
                <span class="soft group-stage">
                  {entityText(read.entity)} · {read.system}
                </span>
              </td>
              <td class="number soft wide">
                <Show when={read.cut_date} fallback={texts.tasks.notYet}>
                  {(at) => <Ago at={at()} />}
                </Show>
              </td>
              <td>
                <LastRun read={read} />
              </td>
              <td class="number wide">{read.windows[0] === undefined ? '' : countText(read.windows[0].published)}</td>
              <td class="number soft wide">
                <Next read={read} />
              </td>
              <td class="read-run">
                <RunNow read={read.id} />
              </td>
            </tr>
          )}
        </For>
      </tbody>
    </table>
  )
}

function LastRun(props: { readonly read: ReadStatus }): JSX.Element {
  return (
    <Show when={props.read.windows[0]} fallback={<span class="soft">{texts.tasks.notYet}</span>}>
      {(last) => (
        <A href={`/tasks/${encodeURIComponent(last().task)}`} class="last-run">
          <StateBadge state={last().state} />
          <span class="soft wide">
            <Show when={last().ended_at}>{(at) => <Ago at={at()} />}</Show>
          </span>
        </A>
      )}
    </Show>
  )
}

function Next(props: { readonly read: ReadStatus }): JSX.Element {
  const left = () => Date.parse(props.read.next_tick ?? '') - now()
  return (
    <Switch fallback={texts.tasks.byHand}>
      <Match when={props.read.held}>
        {(held) => (
          <span title={held().reason}>
            <Badge tone="warn">{texts.tasks.heldNow}</Badge>
          </span>
        )}
      </Match>
      <Match when={props.read.current !== null}>{texts.tasks.running}</Match>
      <Match when={props.read.next_tick !== null && left() <= 0}>{texts.waiting.now}</Match>
      <Match when={props.read.next_tick !== null}>{texts.waiting.in(ageText(left() / 1000))}</Match>
    </Switch>
  )
}

function RunNow(props: { readonly read: string }): JSX.Element {
  const may = useMay()
  const request = useMutation(() => ({
    mutationFn: () => ask<unknown>('/v1/sync-requests', { method: 'POST', body: { read: props.read } }),
    onSuccess: async () => {
      notify(texts.tasks.requested(props.read))
      await Promise.all(['reads', 'tasks'].map((key) => client.invalidateQueries({ queryKey: [key] })))
    },
    onError: (error: Error) => notify(error.message, 'bad'),
  }))
  return (
    <button
      type="button"
      class="button small"
      disabled={request.isPending || !may('operate')}
      title={may('operate') ? undefined : texts.actions.mayNot}
      aria-label={`${texts.tasks.run}: ${props.read}`}
      onClick={() => request.mutate()}
    >
      {request.isPending ? texts.tasks.requesting : texts.tasks.run}
    </button>
  )
}

const taskTable: CsvTable<Task> = {
  columns: ['id', 'read', 'trigger', 'state', 'requested_at', 'started_at', 'ended_at', 'rows', 'published', 'failed'],
  cellsOf: (task) => [
    task.id,
    task.read,
    task.trigger,
    task.state,
    task.requested_at,
    task.started_at,
    task.ended_at,
    task.read_count,
    task.published,
    failedOf(task),
  ],
}

function Runs(): JSX.Element {
  const [search, setSearch] = useSearchParams<{ read: string; state: string; cursor: string }>()
  const reads = useQuery(readsQuery)
  const readOptions = createMemo(() => {
    const known = reads.isSuccess ? reads.data.items.map(({ id }) => id) : []
    const all = search.read === undefined || known.includes(search.read) ? known : [search.read, ...known]
    return [{ value: '', text: texts.tasks.anyRead }, ...all.map((id) => ({ value: id, text: id }))]
  })
  const chosen = () => (reads.isSuccess ? reads.data.items.find(({ id }) => id === search.read) : undefined)
  const tasks = useQuery(() =>
    tasksQuery({ read: search.read ?? '', state: search.state ?? '', cursor: search.cursor ?? '' }),
  )
  return (
    <section aria-labelledby="runs">
      <div class="section-head">
        <h2 id="runs">{texts.tasks.runs}</h2>
        <div class="filters push">
          <Select
            label={texts.tasks.read}
            value={search.read ?? ''}
            options={readOptions()}
            onChange={(read) => setSearch({ read: read || null, cursor: null })}
          />
          <Select
            label={texts.tasks.state}
            value={search.state ?? ''}
            options={stateOptions}
            onChange={(state) => setSearch({ state: state || null, cursor: null })}
          />
          <CsvButton
            name="runs"
            table={taskTable}
            load={() => allRows<Task>('/v1/tasks', { read: search.read, state: search.state, limit: 200 })}
          />
        </div>
      </div>
      <Show when={search.read}>{(read) => <ReadProblem read={read()} />}</Show>
      <Show when={chosen()}>{(read) => <ReadActions read={read()} />}</Show>
      <div class="card">
        <Switch>
          <Match when={tasks.isSuccess && tasks.data.items.length === 0 && tasks.data.cursor === null}>
            <Empty icon="tasks" title={texts.tasks.noRuns} lead={texts.tasks.noRunsLead} />
          </Match>
          <Match when={tasks.isSuccess && tasks.data}>
            {(page) => (
              <>
                <RunTable tasks={page().items} />
                <Pager cursor={page().cursor} isFirst={!search.cursor} onPage={(cursor) => setSearch({ cursor })} />
              </>
            )}
          </Match>
          <Unanswered of={tasks} lines={6} />
        </Switch>
      </div>
    </section>
  )
}

function RunTable(props: { readonly tasks: readonly Task[] }): JSX.Element {
  const columns = texts.tasks.runColumns
  return (
    <table class="table runs">
      <TableHead
        columns={[
          columns.requested,
          columns.read,
          columns.state,
          [columns.rows, 'number wide'],
          [columns.published, 'number wide'],
          [columns.failed, 'number wide'],
          [columns.took, 'number wide'],
        ]}
      />
      <tbody>
        <For each={props.tasks}>
          {(task) => (
            <tr class="link">
              <td>
                <A href={`/tasks/${encodeURIComponent(task.id)}`} class="row-link">
                  <Time at={task.requested_at} />
                </A>
              </td>
              <td>
                <ReadId id={task.read} />
              </td>
              <td>
                <StateBadge state={task.state} />
              </td>
              <td class="number wide">{countText(task.read_count)}</td>
              <td class="number wide">{countText(task.published)}</td>
              <td class="number wide" classList={{ bad: failedOf(task) > 0, faint: failedOf(task) === 0 }}>
                {countText(failedOf(task))}
              </td>
              <td class="number soft wide">{tookText(task)}</td>
            </tr>
          )}
        </For>
      </tbody>
    </table>
  )
}
