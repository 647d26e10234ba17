import './tasks.css'
import { A, useParams, useSearchParams } from '@solidjs/router'
import { For, type JSX, Match, Show, Switch } from 'solid-js'
import type { Task, TaskEntity } from '../../api/answers.ts'
import { queryText } from '../../api/ask.ts'
import { taskEntitiesQuery, taskQuery } from '../../api/queries.ts'
import { useQuery } from '../../api/use-query.ts'
import type { CsvTable } from '../../csv.ts'
import { countText, stateText } from '../../format.ts'
import { allRows, CsvButton } from '../../parts/csv-button.tsx'
import { DetailPage } from '../../parts/detail-page.tsx'
import { Icon } from '../../parts/icons.tsx'
import { Pager } from '../../parts/pager.tsx'
import { Empty, Fact, Facts, StateBadge } from '../../parts/parts.tsx'
import { Select } from '../../parts/select.tsx'
import { TableHead } from '../../parts/table-head.tsx'
import { Unanswered } from '../../parts/unanswered.tsx'
import { Ago, Time } from '../../parts/when.tsx'
import { texts } from '../../texts.ts'
import { orderPath } from '../orders/order-path.ts'
import { CancelRun } from './read-actions.tsx'
import { Progress } from './run-progress.tsx'
import { SweepOutcome } from './sweep-outcome.tsx'
import { tookText } from './task-figures.ts'
import { WindowProof } from './window-proof.tsx'

const statuses = ['processing', 'waiting', 'succeeded', 'failed', 'ignored', 'superseded', 'canceled'] as const
const statusOptions = [
  { value: '', text: texts.task.anyState },
  ...statuses.map((one) => ({ value: one, text: stateText(one) })),
]

/** One run: what it read, and the outcome of each entity. */
export function TaskPage(): JSX.Element {
  const params = useParams<{ id: string }>()
  const id = () => decodeURIComponent(params.id)
  const task = useQuery(() => taskQuery(id()))
  const title = () => (task.isSuccess ? task.data.read : id())
  return (
    <DetailPage
      of={task}
      title={title()}
      back={{ href: '/tasks', text: texts.task.back }}
      state={(told) => <StateBadge state={told().state} />}
      actions={(told) => <CancelRun task={told()} />}
      besides={<Entities id={id()} />}
    >
      {(told) => <Told task={told()} />}
    </DetailPage>
  )
}

function Told(props: { readonly task: Task }): JSX.Element {
  return (
    <>
      <Show when={props.task.error}>
        {(error) => (
          <div class="note" data-tone="bad">
            <Icon name="problems" />
            <div>
              <strong>{error().code}</strong>
              <p>{error().message}</p>
            </div>
          </div>
        )}
      </Show>
      <Progress task={props.task} />
      <section class="card task-facts">
        <Facts>
          <Fact name={texts.tasks.runColumns.requested}>
            <Time at={props.task.requested_at} />
          </Fact>
          <Fact name={texts.task.trigger}>{texts.task.triggers[props.task.trigger] ?? props.task.trigger}</Fact>
          <Fact name={texts.task.took}>{tookText(props.task) || '…'}</Fact>
          <Show when={props.task.window_to === null}>
            <Fact name={texts.task.rows}>{countText(props.task.read_count)}</Fact>
          </Show>
          <Fact name={texts.task.published}>{countText(props.task.published)}</Fact>
          <Fact name={texts.task.unchanged}>{countText(props.task.unchanged)}</Fact>
          <Fact name={texts.task.unreadable}>{countText(props.task.unreadable)}</Fact>
          <Show when={props.task.gone !== null}>
            <Fact name={texts.task.gone}>{countText(props.task.gone ?? 0)}</Fact>
          </Show>
          <Show when={props.task.reason}>
            {(reason) => (
              <Fact name={texts.actions.reason} wide>
                {reason()}
              </Fact>
            )}
          </Show>
        </Facts>
      </section>
      <SweepOutcome task={props.task} />
      <WindowProof task={props.task} />
      <Outcome task={props.task} />
    </>
  )
}

/** Counts by connection and state; each links to the entities in that state. */
function Outcome(props: { readonly task: Task }): JSX.Element {
  const rows = () => Object.entries(props.task.connections)
  return (
    <Show when={rows().length > 0}>
      <section class="card" aria-labelledby="outcome">
        <div class="card-head">
          <h2 id="outcome">{texts.task.outcome}</h2>
        </div>
        <ul class="outcome">
          <For each={rows()}>
            {([connection, counted]) => (
              <li>
                <strong>{connection}</strong>
                <For
                  each={Object.entries(counted.statuses).filter(([, count]) => count > 0)}
                  fallback={<span class="soft">{texts.task.noOutcome}</span>}
                >
                  {([status, count]) => (
                    <A
                      href={`/tasks/${encodeURIComponent(props.task.id)}${queryText({ status })}`}
                      class="outcome-count"
                    >
                      <StateBadge state={status} />
                      <span class="number">{countText(count)}</span>
                    </A>
                  )}
                </For>
              </li>
            )}
          </For>
        </ul>
      </section>
    </Show>
  )
}

const entityTable: CsvTable<TaskEntity> = {
  columns: ['key', 'connection', 'status', 'code', 'message', 'target_id', 'updated_at'],
  cellsOf: (one) => [one.key, one.connection, one.status, one.code, one.message, one.target_id, one.updated_at],
}

function Entities(props: { readonly id: string }): JSX.Element {
  const [search, setSearch] = useSearchParams<{ status: string; cursor: string }>()
  const entities = useQuery(() =>
    taskEntitiesQuery(props.id, { status: search.status ?? '', cursor: search.cursor ?? '' }),
  )
  return (
    <section aria-labelledby="entities">
      <div class="section-head">
        <h2 id="entities">{texts.task.entities}</h2>
        <div class="filters push">
          <Select
            label={texts.tasks.state}
            value={search.status ?? ''}
            options={statusOptions}
            onChange={(status) => setSearch({ status: status || null, cursor: null })}
          />
          <CsvButton
            name={props.id}
            table={entityTable}
            load={() =>
              allRows<TaskEntity>(`/v1/tasks/${encodeURIComponent(props.id)}/entities`, {
                status: search.status,
                limit: 1000,
              })
            }
          />
        </div>
      </div>
      <div class="card">
        <Switch>
          <Match when={entities.isSuccess && entities.data.items.length === 0 && entities.data.cursor === null}>
            <Empty icon="tasks" title={texts.task.none} lead={texts.task.noneLead} />
          </Match>
          <Match when={entities.isSuccess && entities.data}>
            {(page) => (
              <>
                <EntityTable entities={page().items} />
                <Pager cursor={page().cursor} isFirst={!search.cursor} onPage={(cursor) => setSearch({ cursor })} />
              </>
            )}
          </Match>
          <Unanswered of={entities} lines={5} />
        </Switch>
      </div>
    </section>
  )
}

function EntityTable(props: { readonly entities: readonly TaskEntity[] }): JSX.Element {
  const columns = texts.task.columns
  return (
    <table class="table entities">
      <TableHead
        columns={[
          columns.key,
          [columns.connection, 'wide'],
          columns.state,
          [columns.message, 'wide'],
          [columns.target, 'wide'],
          [columns.at, 'number'],
        ]}
      />
      <tbody>
        <For each={props.entities}>
          {(entity) => (
            <tr>
              <td class="waiting-key">
                <Show when={entity.kind === 'orders'} fallback={entity.key}>
                  <A href={orderPath(entity.source, entity.key)} class="text">
                    {entity.key}
                  </A>
                </Show>
              </td>
              <td class="wide">{entity.connection ?? <span class="soft">{texts.task.asRead}</span>}</td>
              <td>
                <StateBadge state={entity.status} />
              </td>
              <td class="wide soft order-message">
                <span class="clip">{entity.message ?? entity.code ?? ''}</span>
              </td>
              <td class="wide soft">{entity.target_id ?? '–'}</td>
              <td class="number soft">
                <Ago at={entity.updated_at} />
              </td>
            </tr>
          )}
        </For>
      </tbody>
    </table>
  )
}
