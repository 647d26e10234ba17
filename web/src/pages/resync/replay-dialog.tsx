import { useNavigate } from '@solidjs/router'
import { useMutation } from '@tanstack/solid-query'
import { createMemo, createSignal, For, type JSX, Show } from 'solid-js'
import type { Replay, ReplayPreview, ReplaySample } from '../../api/answers.ts'
import { ask } from '../../api/ask.ts'
import { client, replayTargetsQuery, statusQuery } from '../../api/queries.ts'
import { useQuery } from '../../api/use-query.ts'
import { ageText, amountText, countText } from '../../format.ts'
import { isTimeOrNone, timeOf } from '../../local-time.ts'
import { Dialog } from '../../parts/dialog.tsx'
import { FieldChanges } from '../../parts/field-changes.tsx'
import { notify } from '../../parts/notices.tsx'
import { Fact, Facts, ProblemNote } from '../../parts/parts.tsx'
import { isReason, ReasonField } from '../../parts/reason-field.tsx'
import { TimeField } from '../../parts/time-field.tsx'
import { Ago } from '../../parts/when.tsx'
import { texts } from '../../texts.ts'

const words = texts.replayForm
/** Default events per second. */
const USUAL_RATE = 500

/** Chooses stored events, shows how many they are, and starts their replay. */
export function ReplayDialog(props: { readonly onClose: () => void }): JSX.Element {
  const navigate = useNavigate()
  const [wanted, setWanted] = createSignal({
    target: '',
    connection: '',
    key: '',
    from: '',
    to: '',
    allVersions: false,
  })
  const [rate, setRate] = createSignal(USUAL_RATE)
  const [reason, setReason] = createSignal('')
  const body = () => {
    const [topic = '', processor = ''] = wanted().target.split(' ')
    const { connection, key, from, to, allVersions } = wanted()
    return {
      topic,
      processor,
      ...(connection === '' ? {} : { connection }),
      ...(key.trim() === '' ? {} : { key: key.trim() }),
      from: timeOf(from) ?? undefined,
      to: timeOf(to) ?? undefined,
      all_versions: allVersions,
      rate: rate(),
    }
  }
  const preview = useMutation(() => ({
    mutationFn: () => ask<ReplayPreview>('/v1/replays', { method: 'POST', body: { ...body(), preview: true } }),
  }))
  const start = useMutation(() => ({
    mutationFn: () => ask<Replay>('/v1/replays', { method: 'POST', body: { ...body(), reason: reason().trim() } }),
    onSuccess: async ({ id }: Replay) => {
      notify(words.started)
      props.onClose()
      navigate(`/resync/replays/${encodeURIComponent(id)}`)
      await client.invalidateQueries({ queryKey: ['resync'] })
    },
  }))
  /** A new choice invalidates the count. */
  const choose = (part: Partial<ReturnType<typeof wanted>>) => {
    preview.reset()
    start.reset()
    setWanted({ ...wanted(), ...part })
  }
  const counted = () => (preview.isSuccess ? preview.data : undefined)
  const mayCount = () =>
    wanted().target !== '' && isTimeOrNone(wanted().from) && isTimeOrNone(wanted().to) && !preview.isPending
  const mayStart = () => (counted()?.to_send ?? 0) > 0 && isReason(reason()) && !start.isPending
  return (
    <Dialog title={words.title} onClose={props.onClose}>
      <form
        class="resync-form"
        onSubmit={(event) => {
          event.preventDefault()
          if (counted() === undefined) preview.mutate()
          else if (mayStart()) start.mutate()
        }}
      >
        <p class="soft">{words.lead}</p>
        <TargetField value={wanted().target} onChange={(target) => choose({ target })} />
        <div class="resync-pair">
          <ConnectionField value={wanted().connection} onChange={(connection) => choose({ connection })} />
          <label class="field">
            <span>{words.key}</span>
            <input
              type="text"
              placeholder={words.keyHint}
              value={wanted().key}
              onInput={(event) => choose({ key: event.currentTarget.value })}
            />
          </label>
          <TimeField hasSeconds label={words.from} value={wanted().from} onInput={(from) => choose({ from })} />
          <TimeField hasSeconds label={words.to} value={wanted().to} onInput={(to) => choose({ to })} />
          <label class="field">
            <span>{words.rate}</span>
            <input
              type="number"
              min="1"
              max="10000"
              required
              value={rate()}
              onInput={(event) => {
                preview.reset()
                setRate(event.currentTarget.valueAsNumber)
              }}
            />
          </label>
          <label class="check">
            <input
              type="checkbox"
              checked={wanted().allVersions}
              onChange={(event) => choose({ allVersions: event.currentTarget.checked })}
            />
            {words.allVersions}
          </label>
        </div>
        <Show when={counted()}>
          {(told) => (
            <>
              <Counted preview={told()} />
              <ReasonField value={reason()} onInput={setReason} />
            </>
          )}
        </Show>
        <Show when={preview.error ?? start.error}>
          {(error) => <ProblemNote error={error()} title={texts.readActions.refused} />}
        </Show>
        <div class="dialog-actions">
          <button type="button" class="button" onClick={() => props.onClose()}>
            {texts.actions.cancel}
          </button>
          <Show
            when={counted()}
            fallback={
              <button type="submit" class="button primary" disabled={!mayCount()}>
                {preview.isPending ? texts.resync.counting : words.preview}
              </button>
            }
          >
            {(told) => (
              <button type="submit" class="button primary" disabled={!mayStart()}>
                {words.start(countText(told().to_send))}
              </button>
            )}
          </Show>
        </div>
      </form>
    </Dialog>
  )
}

function TargetField(props: { readonly value: string; readonly onChange: (target: string) => void }): JSX.Element {
  const targets = useQuery(replayTargetsQuery)
  const options = () => (targets.isSuccess ? targets.data.items : [])
  return (
    <>
      <label class="field">
        <span>{words.what}</span>
        <select required value={props.value} onChange={(event) => props.onChange(event.currentTarget.value)}>
          <option value="">{words.choose}</option>
          <For each={options()}>
            {({ topic, processor }) => (
              <option value={`${topic} ${processor}`}>{texts.resync.through(topic, processor)}</option>
            )}
          </For>
        </select>
      </label>
      <Show when={targets.isError}>
        <ProblemNote error={targets.error} again={() => void targets.refetch()} />
      </Show>
    </>
  )
}

function ConnectionField(props: { readonly value: string; readonly onChange: (id: string) => void }): JSX.Element {
  const status = useQuery(() => statusQuery({ seldom: true }))
  const ids = createMemo(() => (status.isSuccess ? status.data.connections.map(({ connection }) => connection) : []))
  return (
    <label class="field">
      <span>{words.connection}</span>
      <select value={props.value} onChange={(event) => props.onChange(event.currentTarget.value)}>
        <option value="">{texts.resync.everyConnection}</option>
        <For each={ids()}>{(id) => <option value={id}>{id}</option>}</For>
      </select>
    </label>
  )
}

function Counted(props: { readonly preview: ReplayPreview }): JSX.Element {
  const connections = () => Object.entries(props.preview.connections)
  return (
    <section class="resync-preview" aria-label={words.previewTitle} aria-live="polite">
      <Facts>
        <Fact name={words.toSend}>{countText(props.preview.to_send)}</Fact>
        <Fact name={words.fitting}>{words.ofKeys(countText(props.preview.events), countText(props.preview.keys))}</Fact>
        <Fact name={words.atLeast}>{ageText(props.preview.seconds)}</Fact>
      </Facts>
      <Show when={props.preview.amounts.length > 0}>
        <ul class="resync-counts" aria-label={words.money}>
          <For each={props.preview.amounts}>
            {(amount) => (
              <li>
                <span>{words.ordersIn(amount.currency)}</span>
                <span class="number">{amountText(amount.total)}</span>
              </li>
            )}
          </For>
        </ul>
      </Show>
      <Show when={props.preview.amounts.length > 0}>
        <p class="soft">{words.notTwice}</p>
      </Show>
      <Show when={props.preview.to_send === 0}>
        <p class="soft">{words.nothing}</p>
      </Show>
      <Show when={connections().length > 0}>
        <ul class="resync-counts">
          <For each={connections()}>
            {([id, count]) => (
              <li>
                <span>{id}</span>
                <span class="number">{countText(count)}</span>
              </li>
            )}
          </For>
        </ul>
      </Show>
      <Show when={props.preview.samples.length > 0}>
        <details class="resync-examples">
          <summary>{words.samples(props.preview.samples.length, countText(props.preview.to_send))}</summary>
          <ul>
            <For each={props.preview.samples}>{(sample) => <Sample sample={sample} />}</For>
          </ul>
        </details>
      </Show>
    </section>
  )
}

/** Changes shown of a sample; a row that is mapped again may have hundreds. */
const MOST_CHANGES = 12

function Sample(props: { readonly sample: ReplaySample }): JSX.Element {
  return (
    <li class="resync-sample">
      <div class="resync-sample-head">
        <strong>{props.sample.key}</strong>
        <span class="soft">{props.sample.connection ?? props.sample.source}</span>
        <Show when={props.sample.deleted}>
          <span class="soft">{words.deleted}</span>
        </Show>
        <span class="push number">
          <Show when={props.sample.amount}>{(amount) => `${amountText(amount().total)} ${amount().currency}`}</Show>
        </span>
        <span class="soft number">
          <Show when={props.sample.occurred_at}>{(at) => <Ago at={at()} />}</Show>
        </span>
      </div>
      <For each={props.sample.effects ?? []}>
        {(effect) => (
          <>
            <p class="resync-effect">
              <Show when={effect.connection !== props.sample.connection && effect.connection}>
                {(connection) => <span class="soft">{connection()}: </span>}
              </Show>
              {effect.outcome}
            </p>
            <FieldChanges changes={effect.changes.slice(0, MOST_CHANGES)} />
            <Show when={effect.changes.length > MOST_CHANGES}>
              <p class="soft">{words.moreChanges(effect.changes.length - MOST_CHANGES)}</p>
            </Show>
          </>
        )}
      </For>
    </li>
  )
}
