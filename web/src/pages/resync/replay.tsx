import './resync.css'
import { useParams } from '@solidjs/router'
import { createSignal, For, type JSX, Show } from 'solid-js'
import type { ReplayOutcome } from '../../api/answers.ts'
import { ask } from '../../api/ask.ts'
import { replayQuery } from '../../api/queries.ts'
import { useQuery } from '../../api/use-query.ts'
import { ageText, countText, stateText } from '../../format.ts'
import { useMay } from '../../may.ts'
import { DetailPage } from '../../parts/detail-page.tsx'
import { Icon } from '../../parts/icons.tsx'
import { Fact, Facts, toneOf } from '../../parts/parts.tsx'
import { ProgressBar } from '../../parts/progress-bar.tsx'
import { texts } from '../../texts.ts'
import { ConfirmDialog } from './confirm-dialog.tsx'
import { JobError, JobReason, JobTime } from './job-parts.tsx'
import { paceOf, rateText } from './progress.ts'
import { openReplays, ReplayState } from './resync-state.tsx'

const words = texts.replayPage

/** One replay: its progress, the outcome of what it sent, and its end. */
export function ReplayPage(): JSX.Element {
  const params = useParams<{ id: string }>()
  const id = () => decodeURIComponent(params.id)
  const replay = useQuery(() => replayQuery(id()))
  const title = () => (replay.isSuccess ? texts.resync.through(replay.data.topic, replay.data.processor) : id())
  return (
    <DetailPage
      of={replay}
      title={title()}
      back={{ href: '/resync', text: texts.resync.back }}
      state={(told) => <ReplayState replay={told()} />}
      actions={(told) => <Stop replay={told()} />}
    >
      {(told) => <Told replay={told()} at={replay.dataUpdatedAt} />}
    </DetailPage>
  )
}

function Told(props: {
  readonly replay: ReplayOutcome
  /** Milliseconds: time of the count. */
  readonly at: number
}): JSX.Element {
  const pace = () => paceOf(props.replay, props.at)
  return (
    <>
      <JobError error={props.replay.error} tone={props.replay.state === 'blocked' ? 'warn' : 'bad'} />
      <section class="card resync-facts">
        <Show when={props.replay.selected !== null || openReplays.includes(props.replay.state)}>
          <div class="resync-bar">
            <ProgressBar
              label={texts.resync.progressOf(props.replay.id)}
              done={props.replay.sent}
              total={props.replay.selected}
            />
            <Show when={pace()}>
              {(told) => <span class="soft number">{words.pace(rateText(told().rate), ageText(told().leftS))}</span>}
            </Show>
          </div>
        </Show>
        <Facts>
          <Fact name={words.connection}>{props.replay.connection ?? texts.resync.everyConnection}</Fact>
          <Show when={props.replay.source}>{(source) => <Fact name={words.source}>{source()}</Fact>}</Show>
          <Show when={props.replay.key}>{(key) => <Fact name={words.key}>{key()}</Fact>}</Show>
          <Fact name={words.versions}>{props.replay.all_versions ? words.everyVersion : words.newest}</Fact>
          <Fact name={words.rate}>{words.aSecond(countText(props.replay.rate))}</Fact>
          <Fact name={words.by}>{props.replay.by ?? props.replay.trigger}</Fact>
          <JobTime name={texts.resync.columns.requested} at={props.replay.requested_at} />
          <JobTime name={words.ended} at={props.replay.ended_at} />
          <JobReason reason={props.replay.reason} />
        </Facts>
      </section>
      <Outcome replay={props.replay} />
    </>
  )
}

function Outcome(props: { readonly replay: ReplayOutcome }): JSX.Element {
  const rows = () => Object.entries(props.replay.connections)
  return (
    <Show when={rows().length > 0}>
      <section class="card" aria-labelledby="outcome">
        <div class="card-head">
          <h2 id="outcome">{words.outcome}</h2>
        </div>
        <ul class="resync-outcome">
          <For each={rows()}>
            {([connection, statuses]) => (
              <li>
                <strong>{connection}</strong>
                <For each={Object.entries(statuses)}>
                  {([status, count]) => (
                    <span class="resync-status">
                      <span class="badge" data-tone={toneOf(status)}>
                        <span class="dot" aria-hidden="true" />
                        {stateText(status)}
                      </span>
                      <span class="number">{countText(count)}</span>
                    </span>
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

function Stop(props: { readonly replay: ReplayOutcome }): JSX.Element {
  const may = useMay()
  const [isAsked, setIsAsked] = createSignal(false)
  return (
    <Show when={openReplays.includes(props.replay.state) && !props.replay.cancel}>
      <button
        type="button"
        class="button danger"
        disabled={!may('operate')}
        title={may('operate') ? undefined : texts.actions.mayNot}
        onClick={() => setIsAsked(true)}
      >
        <Icon name="close" size={14} />
        {words.stop}
      </button>
      <Show when={isAsked()}>
        <ConfirmDialog
          title={words.stopTitle}
          lead={words.stopLead(countText(props.replay.sent))}
          submit={words.stop}
          done={words.stopped}
          isDanger
          act={() => ask<unknown>(`/v1/replays/${encodeURIComponent(props.replay.id)}/cancel`, { method: 'POST' })}
          onClose={() => setIsAsked(false)}
        />
      </Show>
    </Show>
  )
}
