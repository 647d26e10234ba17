import './resync.css'
import { useParams } from '@solidjs/router'
import { createSignal, For, type JSX, Match, Show, Switch } from 'solid-js'
import type { Difference, Rebuild, RowDifference } from '../../api/answers.ts'
import { ask } from '../../api/ask.ts'
import { rebuildPreviewQuery, rebuildQuery } from '../../api/queries.ts'
import { useQuery } from '../../api/use-query.ts'
import { countText } from '../../format.ts'
import { useMay } from '../../may.ts'
import { DetailPage } from '../../parts/detail-page.tsx'
import { Icon } from '../../parts/icons.tsx'
import { Fact, Facts } from '../../parts/parts.tsx'
import { ProgressBar } from '../../parts/progress-bar.tsx'
import { texts } from '../../texts.ts'
import { ConfirmDialog } from './confirm-dialog.tsx'
import { JobError, JobReason, JobTime } from './job-parts.tsx'
import { openRebuilds, RebuildState } from './resync-state.tsx'

const words = texts.rebuildPage

/** One rebuild: its progress, what its switch would change, and the decision. */
export function RebuildPage(): JSX.Element {
  const params = useParams<{ id: string }>()
  const id = () => decodeURIComponent(params.id)
  const rebuild = useQuery(() => rebuildQuery(id()))
  const title = () => (rebuild.isSuccess ? rebuild.data.table : id())
  return (
    <DetailPage
      of={rebuild}
      title={title()}
      back={{ href: '/resync', text: texts.resync.back }}
      state={(told) => <RebuildState state={told().state} />}
      actions={(told) => (
        <>
          <Decide rebuild={told()} />
          <Undo rebuild={told()} />
        </>
      )}
    >
      {(told) => <Told rebuild={told()} />}
    </DetailPage>
  )
}

function Told(props: { readonly rebuild: Rebuild }): JSX.Element {
  const may = useMay()
  const isBuilding = () => props.rebuild.state === 'building'
  // Only callers that may rebuild can see the length of the topic.
  const topic = useQuery(() => rebuildPreviewQuery(props.rebuild.table, isBuilding() && may('operate')))
  return (
    <>
      <JobError error={props.rebuild.error} tone="bad" />
      <section class="card resync-facts">
        <Show when={isBuilding() && topic.isSuccess}>
          <div class="resync-bar">
            <ProgressBar
              label={texts.resync.progressOf(props.rebuild.id)}
              done={props.rebuild.events}
              total={topic.isSuccess ? topic.data.events : null}
            />
          </div>
        </Show>
        <Facts>
          <Fact name={words.events}>{countText(props.rebuild.events)}</Fact>
          <Fact name={words.generation}>{props.rebuild.generation ?? '–'}</Fact>
          <Fact name={words.live}>{props.rebuild.live_generation ?? '–'}</Fact>
          <Fact name={words.by}>{props.rebuild.by ?? '–'}</Fact>
          <JobTime name={texts.resync.columns.requested} at={props.rebuild.requested_at} />
          <JobTime name={words.ready} at={props.rebuild.ready_at} />
          <JobTime name={words.ended} at={props.rebuild.ended_at} />
          <JobTime name={words.undoUntil} at={props.rebuild.state === 'switched' ? props.rebuild.undo_until : null} />
          <JobReason reason={props.rebuild.reason} />
        </Facts>
      </section>
      <Show when={props.rebuild.difference}>{(difference) => <Changes difference={difference()} />}</Show>
    </>
  )
}

/** Counts, fields and the first rows that would change for readers. */
function Changes(props: { readonly difference: Difference }): JSX.Element {
  const fields = () => Object.entries(props.difference.fields).toSorted(([, a], [, b]) => b - a)
  return (
    <>
      <section class="card" aria-labelledby="changes">
        <div class="card-head">
          <h2 id="changes">{words.changes}</h2>
        </div>
        <div class="resync-facts">
          <Counts difference={props.difference} />
          <Show when={fields().length > 0}>
            <ul class="resync-counts" aria-label={words.fields}>
              <For each={fields()}>
                {([field, count]) => (
                  <li>
                    <code>{field}</code>
                    <span class="number">{words.rows(countText(count), count === 1)}</span>
                  </li>
                )}
              </For>
            </ul>
          </Show>
        </div>
      </section>
      <Show when={props.difference.samples.length > 0}>
        <Samples samples={props.difference.samples} />
      </Show>
    </>
  )
}

interface RowNames {
  readonly rowsLive: string
  readonly rowsRebuilt: string
}

function Counts(props: { readonly difference: Difference; readonly names?: RowNames }): JSX.Element {
  const names = () => props.names ?? words
  return (
    <Facts>
      <Fact name={names().rowsLive}>{countText(props.difference.rows_live)}</Fact>
      <Fact name={names().rowsRebuilt}>{countText(props.difference.rows_rebuilt)}</Fact>
      <Fact name={words.onlyLive}>{countText(props.difference.only_live)}</Fact>
      <Fact name={words.onlyRebuilt}>{countText(props.difference.only_rebuilt)}</Fact>
      <Fact name={words.differing}>{countText(props.difference.differing)}</Fact>
    </Facts>
  )
}

function Samples(props: { readonly samples: readonly RowDifference[] }): JSX.Element {
  return (
    <section class="card" aria-labelledby="samples">
      <div class="card-head">
        <h2 id="samples">{words.samples}</h2>
      </div>
      <ul class="resync-samples">
        <For each={props.samples}>
          {(row) => (
            <li>
              <div class="resync-sample-head">
                <strong>{keyOf(row)}</strong>
                <span class="soft">
                  {row.connection} · {row.source}
                </span>
                <span class="badge" data-tone={row.kind === 'only_live' ? 'bad' : 'info'}>
                  <span class="dot" aria-hidden="true" />
                  {words.kinds[row.kind]}
                </span>
              </div>
              <For each={Object.entries(row.fields)}>
                {([field, { live, rebuilt }]) => (
                  <div class="resync-field">
                    <code>{field}</code>
                    <span class="resync-values">
                      <del>{valueText(live)}</del>
                      <Icon name="right" size={12} />
                      <ins>{valueText(rebuilt)}</ins>
                    </span>
                  </div>
                )}
              </For>
            </li>
          )}
        </For>
      </ul>
    </section>
  )
}

/** The parts of a row's key, besides the fields that every row has. */
function keyOf({ connection: _connection, source: _source, kind: _kind, fields: _fields, ...parts }: RowDifference) {
  return Object.values(parts).map(String).join(' · ')
}

function valueText(value: unknown): string {
  return value === null || value === undefined
    ? words.nothing
    : typeof value === 'string'
      ? value
      : JSON.stringify(value)
}

function Decide(props: { readonly rebuild: Rebuild }): JSX.Element {
  const may = useMay()
  const [asked, setAsked] = createSignal<'switch' | 'drop' | null>(null)
  const why = () => (may('operate') ? undefined : texts.actions.mayNot)
  const path = () => `/v1/rebuilds/${encodeURIComponent(props.rebuild.id)}`
  return (
    <Show when={openRebuilds.includes(props.rebuild.state)}>
      <button
        type="button"
        class="button danger"
        disabled={!may('operate')}
        title={why()}
        onClick={() => setAsked('drop')}
      >
        <Icon name="discard" size={14} />
        {words.drop}
      </button>
      <Show when={props.rebuild.state === 'ready'}>
        <button
          type="button"
          class="button primary"
          disabled={!may('operate')}
          title={why()}
          onClick={() => setAsked('switch')}
        >
          {words.switch}
        </button>
      </Show>
      <Switch>
        <Match when={asked() === 'switch'}>
          <ConfirmDialog
            title={words.switchTitle(props.rebuild.table)}
            lead={words.switchLead}
            submit={words.switch}
            done={words.switched(props.rebuild.table)}
            act={() => ask<unknown>(`${path()}/switch`, { method: 'POST', body: { confirm: true } })}
            onClose={() => setAsked(null)}
          >
            <Show when={props.rebuild.difference}>
              {(difference) => (
                <div class="resync-preview">
                  <Counts difference={difference()} />
                </div>
              )}
            </Show>
          </ConfirmDialog>
        </Match>
        <Match when={asked() === 'drop'}>
          <ConfirmDialog
            title={words.dropTitle(props.rebuild.table)}
            lead={words.dropLead(countText(props.rebuild.events))}
            submit={words.drop}
            done={words.dropped}
            isDanger
            act={() => ask<unknown>(`${path()}?confirm=true`, { method: 'DELETE' })}
            onClose={() => setAsked(null)}
          />
        </Match>
      </Switch>
    </Show>
  )
}

/** Undoes the switch while the previous rows exist. */
function Undo(props: { readonly rebuild: Rebuild }): JSX.Element {
  const may = useMay()
  const [isAsked, setIsAsked] = createSignal(false)
  return (
    <Show when={props.rebuild.state === 'switched' && props.rebuild.undo_until !== null}>
      <button
        type="button"
        class="button"
        disabled={!may('operate')}
        title={may('operate') ? undefined : texts.actions.mayNot}
        onClick={() => setIsAsked(true)}
      >
        {words.undo}
      </button>
      <Show when={isAsked()}>
        <ConfirmDialog
          title={words.undoTitle(props.rebuild.table)}
          lead={words.undoLead}
          submit={words.undo}
          done={words.undone(props.rebuild.table)}
          act={() => {
            const path = `/v1/rebuilds/${encodeURIComponent(props.rebuild.id)}/undo`
            return ask<unknown>(path, { method: 'POST', body: { confirm: true } })
          }}
          onClose={() => setIsAsked(false)}
        >
          <Show when={props.rebuild.difference}>
            {(difference) => (
              <div class="resync-preview">
                <Counts difference={undoneOf(difference())} names={words.undoNames} />
              </div>
            )}
          </Show>
        </ConfirmDialog>
      </Show>
    </Show>
  )
}

/** An undo removes what the switch added, and adds what it removed. */
function undoneOf(difference: Difference): Difference {
  const { rows_live, rows_rebuilt, only_live, only_rebuilt } = difference
  return {
    ...difference,
    rows_live: rows_rebuilt,
    rows_rebuilt: rows_live,
    only_live: only_rebuilt,
    only_rebuilt: only_live,
  }
}
