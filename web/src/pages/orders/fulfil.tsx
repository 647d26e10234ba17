import { useMutation } from '@tanstack/solid-query'
import { createSignal, For, type JSX, Match, Show, Switch } from 'solid-js'
import type { FiledAnswer, OrderPart, PartLine } from '../../api/answers.ts'
import { client, type FulfilmentBody, sendFulfilment } from '../../api/queries.ts'
import { isZero } from '../../format.ts'
import { useMay } from '../../may.ts'
import { Dialog } from '../../parts/dialog.tsx'
import { Icon } from '../../parts/icons.tsx'
import { notify } from '../../parts/notices.tsx'
import { ProblemNote } from '../../parts/parts.tsx'
import { texts } from '../../texts.ts'

const words = texts.fulfil

interface OfPart {
  readonly source: string
  readonly number: string
  readonly part: OrderPart
}

/** Actions of the vendor's people on their part, for keys that may. */
export function FulfilActions(props: OfPart): JSX.Element {
  const may = useMay()
  const [asked, setAsked] = createSignal<'confirmation' | 'shipment' | null>(null)
  const isOpen = () => may('fulfil') && props.part.possible.includes('ship')
  const close = () => setAsked(null)
  return (
    <Show when={isOpen()}>
      <button type="button" class="button small" onClick={() => setAsked('confirmation')}>
        <Icon name="check" size={14} />
        {words.confirm}
      </button>
      <button type="button" class="button small" onClick={() => setAsked('shipment')}>
        <Icon name="fulfilments" size={14} />
        {words.ship}
      </button>
      <Show when={asked()} keyed>
        {(kind) => <FulfilDialog of={props} kind={kind} onClose={close} />}
      </Show>
    </Show>
  )
}

interface Asking {
  readonly of: OfPart
  readonly kind: 'confirmation' | 'shipment'
  readonly onClose: () => void
}

/** Asks for the details, then shows what the shop would receive, then sends it. */
function FulfilDialog(props: Asking): JSX.Element {
  // Browsers have randomUUID only on https pages and on this machine.
  const key = [...crypto.getRandomValues(new Uint32Array(4))].map((one) => one.toString(36)).join('-')
  const [wanted, setWanted] = createSignal<FulfilmentBody | null>(null)
  const preview = useMutation(() => ({
    mutationFn: (body: FulfilmentBody) => sendFulfilment(props.of, { ...body, dryRun: true }, key),
  }))
  const send = useMutation(() => ({
    mutationFn: (body: FulfilmentBody) => sendFulfilment(props.of, body, key),
    onSuccess: async () => {
      notify(words.done)
      props.onClose()
      await client.invalidateQueries({ queryKey: ['order'] })
    },
  }))
  const next = (body: FulfilmentBody) => {
    setWanted(body)
    preview.mutate(body)
  }
  const isShipment = () => props.kind === 'shipment'
  const title = () => (isShipment() ? words.shipTitle(props.of.number) : words.confirmTitle(props.of.number))
  const error = () => preview.error ?? send.error
  return (
    <Dialog title={title()} onClose={props.onClose}>
      <Switch fallback={<Entry of={props} isPending={preview.isPending} error={preview.error} onNext={next} />}>
        <Match when={preview.isSuccess && preview.data}>
          {(answer) => (
            <form
              onSubmit={(event) => {
                event.preventDefault()
                const body = wanted()
                if (body !== null) send.mutate(body)
              }}
            >
              <Told answer={answer()} />
              <Show when={error()}>{(shown) => <ProblemNote error={shown()} />}</Show>
              <div class="dialog-actions">
                <button type="button" class="button" disabled={send.isPending} onClick={() => preview.reset()}>
                  {words.back}
                </button>
                <button type="submit" class="button primary" disabled={send.isPending}>
                  {isShipment() ? words.ship : words.confirm}
                </button>
              </div>
            </form>
          )}
        </Match>
      </Switch>
    </Dialog>
  )
}

function Entry(props: {
  readonly of: Asking
  readonly isPending: boolean
  readonly error: Error | null
  readonly onNext: (body: FulfilmentBody) => void
}): JSX.Element {
  const lines = (): readonly PartLine[] =>
    props.of.of.part.lines.filter((line) => isShippable(line, props.of.of.part) && !isZero(line.open))
  const [pieces, setPieces] = createSignal<Readonly<Record<string, string>>>(
    Object.fromEntries(lines().map(({ line, open }) => [line, open])),
  )
  const [carrier, setCarrier] = createSignal('')
  const [tracking, setTracking] = createSignal('')
  const isShipment = () => props.of.kind === 'shipment'
  const chosen = () =>
    Object.entries(pieces())
      .map(([line, quantity]) => ({ line, quantity: quantity.trim() }))
      .filter(({ quantity }) => quantity !== '' && quantity !== '0')
  const body = (): FulfilmentBody => {
    const { connection } = props.of.of.part
    if (!isShipment()) return { connection, kind: 'confirmation' }
    const number = tracking().trim()
    const tracks = number === '' ? [] : [{ number, carrier: carrier().trim() || null }]
    return { connection, kind: 'shipment', lines: chosen(), tracks }
  }
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        props.onNext(body())
      }}
    >
      <p class="soft">{isShipment() ? words.shipLead : words.confirmLead}</p>
      <Show when={isShipment()}>
        <For each={lines()}>
          {({ line, sku, open }) => (
            <label class="field">
              <span>{words.pieces(sku, open)}</span>
              <input
                inputmode="decimal"
                autocomplete="off"
                value={pieces()[line] ?? ''}
                onInput={(event) => {
                  const { value } = event.currentTarget
                  setPieces((before) => ({ ...before, [line]: value }))
                }}
              />
            </label>
          )}
        </For>
        <div class="fulfil-parcel">
          <label class="field">
            <span>{words.carrier}</span>
            <input
              maxlength="100"
              autocomplete="off"
              placeholder={words.carrierHint}
              value={carrier()}
              onInput={(event) => setCarrier(event.currentTarget.value)}
            />
          </label>
          <label class="field">
            <span>{words.tracking}</span>
            <input
              maxlength="100"
              autocomplete="off"
              value={tracking()}
              onInput={(event) => setTracking(event.currentTarget.value)}
            />
          </label>
        </div>
        <Show when={chosen().length === 0}>
          <p class="soft">{words.none}</p>
        </Show>
      </Show>
      <Show when={props.error}>{(error) => <ProblemNote error={error()} />}</Show>
      <div class="dialog-actions">
        <button type="button" class="button" onClick={() => props.of.onClose()}>
          {texts.actions.cancel}
        </button>
        <button
          type="submit"
          class="button primary"
          disabled={props.isPending || (isShipment() && chosen().length === 0)}
        >
          {words.preview}
        </button>
      </div>
    </form>
  )
}

/** Parts of another line go with that line. */
function isShippable({ parent }: PartLine, { lines }: OrderPart): boolean {
  return parent === null || !lines.some(({ line }) => line === parent)
}

/** What the shop would receive. */
function Told(props: { readonly answer: FiledAnswer }): JSX.Element {
  const lineText = ({ quantity, sku, open }: FiledAnswer['lines'][number]) =>
    props.answer.kind === 'shipment' ? words.sends(quantity, sku, open) : words.confirms(quantity, sku)
  return (
    <div class="fulfil-told">
      <h3>{words.would(props.answer.shop)}</h3>
      <ul>
        <For each={props.answer.lines}>{(line) => <li>{lineText(line)}</li>}</For>
        <For each={props.answer.tracks}>
          {({ carrier, number }) => <li class="mono">{words.track(carrier, number)}</li>}
        </For>
      </ul>
      <Show when={props.answer.kind === 'shipment'}>
        <p class="soft">{props.answer.notifies_customer ? words.notifies : words.notNotifies}</p>
      </Show>
    </div>
  )
}
