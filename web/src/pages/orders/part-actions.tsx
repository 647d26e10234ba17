import { useMutation } from '@tanstack/solid-query'
import { createSignal, For, type JSX, Match, Show, Switch } from 'solid-js'
import type { OrderPart } from '../../api/answers.ts'
import { ask } from '../../api/ask.ts'
import { client, lettersQuery, pausesQuery, statusQuery, verdictQuery } from '../../api/queries.ts'
import { useQuery } from '../../api/use-query.ts'
import { useMay } from '../../may.ts'
import { Dialog } from '../../parts/dialog.tsx'
import { Icon } from '../../parts/icons.tsx'
import { notify } from '../../parts/notices.tsx'
import { ProblemNote } from '../../parts/parts.tsx'
import { isReason, ReasonField } from '../../parts/reason-field.tsx'
import { texts } from '../../texts.ts'
import { startRetry } from '../problems/retry-runs.ts'
import { FulfilActions } from './fulfil.tsx'
import { HoldOrder, ReleaseOrder } from './hold-order.tsx'
import { AtVendor, type VendorActionName } from './vendor-action.tsx'

interface OfPart {
  readonly source: string
  readonly part: OrderPart
  readonly number: string
}

type Action = 'retry' | 'hold order' | 'release order' | VendorActionName | 'hold' | 'release'

/** Available actions on a vendor's part; each shows its effects first. */
export function PartActions(props: OfPart & { readonly hasOthers: boolean }): JSX.Element {
  const may = useMay()
  const [asked, setAsked] = createSignal<Action | null>(null)
  const status = useQuery(() => statusQuery({ seldom: true }))
  const pauses = useQuery(pausesQuery)
  const stage = () => {
    const known = status.isSuccess ? status.data.connections : []
    const vendor = known.find(({ connection }) => connection === props.part.connection)?.vendor
    return vendor === undefined ? null : `deliver-${vendor}`
  }
  const isHeld = () =>
    pauses.isSuccess &&
    pauses.data.items.some((one) => one.stage === stage() && one.connection === props.part.connection)
  const why = () => (may('operate') ? undefined : texts.actions.mayNot)
  const close = () => setAsked(null)
  return (
    <div class="part-actions">
      <FulfilActions source={props.source} number={props.number} part={props.part} />
      <Show when={props.part.status === 'failed'}>
        <button
          type="button"
          class="button small primary"
          disabled={!may('operate')}
          title={why()}
          onClick={() => setAsked('retry')}
        >
          <Icon name="retry" size={14} />
          {texts.orderActions.retry}
        </button>
      </Show>
      <button
        type="button"
        class="button small"
        disabled={!may('operate')}
        title={why()}
        onClick={() => setAsked(props.part.hold === null ? 'hold order' : 'release order')}
      >
        <Icon name={props.part.hold === null ? 'pause' : 'right'} size={14} />
        {props.part.hold === null ? texts.orderActions.holdOrder : texts.orderActions.releaseOrder}
      </button>
      <Show when={props.part.possible.includes('resend')}>
        <button
          type="button"
          class="button small"
          disabled={!may('operate')}
          title={why()}
          onClick={() => setAsked('resend')}
        >
          <Icon name="retry" size={14} />
          {texts.orderActions.resend}
        </button>
      </Show>
      <Show when={props.part.possible.includes('cancel')}>
        <button
          type="button"
          class="button small danger"
          disabled={!may('operate')}
          title={why()}
          onClick={() => setAsked('cancel')}
        >
          <Icon name="close" size={14} />
          {texts.orderActions.cancelOrder}
        </button>
      </Show>
      <Show when={stage()}>
        <button
          type="button"
          class="button small quiet"
          disabled={!may('operate') || !pauses.isSuccess}
          title={why()}
          onClick={() => setAsked(isHeld() ? 'release' : 'hold')}
        >
          {isHeld() ? texts.orderActions.release : texts.orderActions.hold}
        </button>
      </Show>
      <Switch>
        <Match when={asked() === 'retry'}>
          <RetryPart part={props.part} source={props.source} number={props.number} onClose={close} />
        </Match>
        <Match when={asked() === 'hold order'}>
          <HoldOrder {...props} onClose={close} />
        </Match>
        <Match when={asked() === 'resend'}>
          <AtVendor {...props} action="resend" onClose={close} />
        </Match>
        <Match when={asked() === 'cancel'}>
          <AtVendor {...props} action="cancel" onClose={close} />
        </Match>
        <Match when={asked() === 'release order'}>
          <ReleaseOrder {...props} onClose={close} />
        </Match>
        <Match when={asked() === 'hold' && stage()}>
          {(at) => <Hold stage={at()} connection={props.part.connection} onClose={close} />}
        </Match>
        <Match when={asked() === 'release' && stage()}>
          {(at) => <Release stage={at()} connection={props.part.connection} onClose={close} />}
        </Match>
      </Switch>
    </div>
  )
}

function RetryPart(props: OfPart & { readonly onClose: () => void }): JSX.Element {
  const letters = useQuery(() =>
    lettersQuery({ state: 'open', connection: props.part.connection, key: props.number }, ''),
  )
  const ids = () => (letters.isSuccess ? letters.data.items.map(({ id }) => id) : [])
  return (
    <Dialog title={texts.orderActions.retryTitle(props.number, props.part.connection)} onClose={props.onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          void startRetry(`order ${props.number}`, { target: { ids: ids() }, reason: null, remap: false })
          props.onClose()
        }}
      >
        <p class="soft">{texts.actions.retryLead}</p>
        <Show when={letters.isError}>
          <ProblemNote error={letters.error} />
        </Show>
        <Show when={letters.isSuccess && ids().length === 0}>
          <p>{texts.orderActions.noRecord}</p>
        </Show>
        <For each={ids()}>{(id) => <Would id={id} />}</For>
        <div class="dialog-actions">
          <button type="button" class="button" onClick={() => props.onClose()}>
            {texts.actions.cancel}
          </button>
          <button type="submit" class="button primary" disabled={ids().length === 0}>
            {texts.actions.retryDo(Math.max(1, ids().length))}
          </button>
        </div>
      </form>
    </Dialog>
  )
}

/** Preview of the retry of a record. */
function Would(props: { readonly id: string }): JSX.Element {
  const verdict = useQuery(() => verdictQuery(props.id))
  return (
    <p role="status">
      <Switch fallback={texts.letter.previewing}>
        <Match when={verdict.isError}>
          <span class="bad">{verdict.error?.message}</span>
        </Match>
        <Match when={verdict.isSuccess && verdict.data}>{(told) => told().verdict}</Match>
      </Switch>
    </p>
  )
}

interface OfStage {
  readonly stage: string
  readonly connection: string
  readonly onClose: () => void
}

const pausePath = ({ stage, connection }: OfStage) =>
  `/v1/pauses/${encodeURIComponent(stage)}/${encodeURIComponent(connection)}`

async function reload(): Promise<void> {
  await Promise.all(['pauses', 'status', 'order'].map((key) => client.invalidateQueries({ queryKey: [key] })))
}

function Hold(props: OfStage): JSX.Element {
  const [reason, setReason] = createSignal('')
  const hold = useMutation(() => ({
    mutationFn: () => ask<unknown>(pausePath(props), { method: 'PUT', body: { reason: reason().trim() } }),
    onSuccess: async () => {
      notify(texts.orderActions.held(props.connection))
      props.onClose()
      await reload()
    },
  }))
  return (
    <Dialog title={texts.orderActions.holdTitle(props.connection)} onClose={props.onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          hold.mutate()
        }}
      >
        <p class="soft">{texts.orderActions.holdLead(props.connection, props.stage)}</p>
        <ReasonField value={reason()} onInput={setReason} />
        <Show when={hold.isError}>
          <ProblemNote error={hold.error} />
        </Show>
        <div class="dialog-actions">
          <button type="button" class="button" onClick={() => props.onClose()}>
            {texts.actions.cancel}
          </button>
          <button type="submit" class="button primary" disabled={hold.isPending || !isReason(reason())}>
            {texts.orderActions.hold}
          </button>
        </div>
      </form>
    </Dialog>
  )
}

function Release(props: OfStage): JSX.Element {
  const release = useMutation(() => ({
    mutationFn: () => ask<unknown>(`${pausePath(props)}/resume`, { method: 'POST' }),
    onSuccess: async () => {
      notify(texts.overview.resumed(props.connection))
      props.onClose()
      await reload()
    },
  }))
  return (
    <Dialog title={texts.orderActions.releaseTitle(props.connection)} onClose={props.onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          release.mutate()
        }}
      >
        <p class="soft">{texts.orderActions.releaseLead(props.stage)}</p>
        <Show when={release.isError}>
          <ProblemNote error={release.error} />
        </Show>
        <div class="dialog-actions">
          <button type="button" class="button" onClick={() => props.onClose()}>
            {texts.actions.cancel}
          </button>
          <button type="submit" class="button primary" disabled={release.isPending}>
            {texts.orderActions.release}
          </button>
        </div>
      </form>
    </Dialog>
  )
}
