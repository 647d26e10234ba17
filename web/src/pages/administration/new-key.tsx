import { useMutation } from '@tanstack/solid-query'
import { createSignal, For, type JSX, Match, onCleanup, onMount, Show, Switch } from 'solid-js'
import { createKey, type NewKey } from '../../api/administration.ts'
import { documentsQuery } from '../../api/documents.ts'
import { client } from '../../api/queries.ts'
import { useQuery } from '../../api/use-query.ts'
import { timeOf } from '../../local-time.ts'
import { Dialog } from '../../parts/dialog.tsx'
import { Icon } from '../../parts/icons.tsx'
import { Fact, ProblemNote } from '../../parts/parts.tsx'
import { ShownOnce } from '../../parts/shown-once.tsx'
import { TimeField } from '../../parts/time-field.tsx'
import { Time } from '../../parts/when.tsx'
import { keepPage } from '../../session.ts'
import { texts } from '../../texts.ts'
import { reachText } from './reach-text.ts'

const words = texts.newKey
const DAY_MS = 86_400_000
const scopes = Object.entries(words.scopeLeads)
const terms = Object.entries(words.terms)

interface Draft {
  readonly name: string
  readonly scopes: readonly string[]
  readonly isLimited: boolean
  readonly connections: readonly string[]
  readonly systems: readonly string[]
  readonly term: string
  /** A date and time in the viewer's zone. */
  readonly date: string
}

const empty: Draft = {
  name: '',
  scopes: ['observe'],
  isLimited: false,
  connections: [],
  systems: [],
  term: '90',
  date: '',
}

/** Undefined: it never expires; null: its date is invalid. */
function expiryOf({ term, date }: Draft): string | undefined | null {
  if (term === 'never') return undefined
  return term === 'date' ? timeOf(date) : new Date(Date.now() + Number(term) * DAY_MS).toISOString()
}

/** Null: something is missing or wrong. */
function wantedOf(draft: Draft): NewKey | null {
  const expires = expiryOf(draft)
  const reachesNothing = draft.isLimited && draft.connections.length + draft.systems.length === 0
  if (expires === null || draft.name.trim() === '' || draft.scopes.length === 0 || reachesNothing) return null
  return {
    name: draft.name.trim(),
    scopes: draft.scopes,
    ...(draft.isLimited ? { connections: draft.connections, systems: draft.systems } : {}),
    ...(expires === undefined ? {} : { expires_at: expires }),
  }
}

/**
 * Creates a key: asks for its scopes, asks for confirmation, then shows its secret, which exists only on the screen
 * until the dialog is closed. `isOpen`: the API does not require a key yet, and will from then on.
 */
export function NewKeyDialog(props: { readonly isOpen: boolean; readonly onClose: () => void }): JSX.Element {
  const [draft, setDraft] = createSignal(empty)
  const [wanted, setWanted] = createSignal<NewKey | null>(null)
  // As the dialog opened: once there is a key, the API requires one from everybody.
  const wasOpen = props.isOpen
  const create = useMutation(() => ({
    mutationFn: createKey,
    gcTime: 0,
    onSuccess: () => void refresh('keys', 'audit'),
  }))
  // If the API requires a key from now on, the sign-in appears only after the secret was seen.
  onMount(() => keepPage(true))
  onCleanup(() => keepPage(false))
  const close = () => {
    create.reset()
    props.onClose()
    void refresh('caller')
  }
  const title = () => {
    if (create.isSuccess) return words.created(create.data.name)
    return wanted() === null ? words.title : words.confirmTitle
  }
  return (
    <Dialog title={title()} onClose={close}>
      <Switch fallback={<Form draft={draft()} onChange={setDraft} onNext={setWanted} onCancel={close} />}>
        <Match when={create.isSuccess && create.data}>
          {(made) => (
            <ShownOnce lead={words.once} label={words.secret} text={made().key} copy={words.copy} onDone={close} />
          )}
        </Match>
        <Match when={wanted()}>
          {(key) => (
            <Confirm
              wanted={key()}
              isOpen={wasOpen}
              isPending={create.isPending}
              error={create.isError ? create.error : null}
              onBack={() => {
                create.reset()
                setWanted(null)
              }}
              onCreate={() => create.mutate(key())}
            />
          )}
        </Match>
      </Switch>
    </Dialog>
  )
}

async function refresh(...names: readonly string[]): Promise<void> {
  await Promise.all(names.map((name) => client.invalidateQueries({ queryKey: [name] })))
}

function Form(props: {
  readonly draft: Draft
  readonly onChange: (draft: Draft) => void
  readonly onNext: (wanted: NewKey) => void
  readonly onCancel: () => void
}): JSX.Element {
  const set = (over: Partial<Draft>) => props.onChange({ ...props.draft, ...over })
  const administers = () => props.draft.scopes.includes('administer')
  const reachesNothing = () =>
    props.draft.isLimited && props.draft.connections.length + props.draft.systems.length === 0
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        const wanted = wantedOf(props.draft)
        if (wanted !== null) props.onNext(wanted)
      }}
    >
      <label class="field">
        <span>{words.name}</span>
        <input
          required
          maxlength="100"
          autocomplete="off"
          placeholder={words.nameHint}
          value={props.draft.name}
          onInput={(event) => set({ name: event.currentTarget.value })}
        />
      </label>
      <fieldset class="key-choice">
        <legend>{words.scopes}</legend>
        <For each={scopes}>
          {([scope, lead]) => (
            <label class="key-option">
              <input
                type="checkbox"
                checked={props.draft.scopes.includes(scope)}
                onChange={(event) => {
                  const chosen = toggled(props.draft.scopes, scope, event.currentTarget.checked)
                  set({ scopes: chosen, isLimited: props.draft.isLimited && !chosen.includes('administer') })
                }}
              />
              <code>{scope}</code>
              <span class="soft">{lead}</span>
            </label>
          )}
        </For>
      </fieldset>
      <fieldset class="key-choice">
        <legend>{words.reach}</legend>
        <label class="key-reach-choice">
          <input
            type="radio"
            name="reach"
            checked={!props.draft.isLimited}
            onChange={() => set({ isLimited: false })}
          />
          {words.everything}
        </label>
        <label class="key-reach-choice">
          <input
            type="radio"
            name="reach"
            disabled={administers()}
            checked={props.draft.isLimited}
            onChange={() => set({ isLimited: true })}
          />
          {words.chosen}
        </label>
        <Show when={administers()}>
          <p class="soft key-hint">{words.mustReachAll}</p>
        </Show>
        <Show when={props.draft.isLimited}>
          <div class="key-ids">
            <Ids
              kind="connection"
              title={words.connections}
              chosen={props.draft.connections}
              onChange={(connections) => set({ connections })}
            />
            <Ids
              kind="system"
              title={words.systems}
              chosen={props.draft.systems}
              onChange={(systems) => set({ systems })}
            />
          </div>
          <Show when={reachesNothing()}>
            <p class="soft key-hint">{words.noneChosen}</p>
          </Show>
        </Show>
      </fieldset>
      <div class="key-expiry">
        <label class="field">
          <span>{words.expires}</span>
          <span class="select">
            <select onChange={(event) => set({ term: event.currentTarget.value })}>
              <For each={terms}>
                {([term, text]) => (
                  <option value={term} selected={term === props.draft.term}>
                    {text}
                  </option>
                )}
              </For>
            </select>
          </span>
        </label>
        <Show when={props.draft.term === 'date'}>
          <TimeField label={words.date} isRequired value={props.draft.date} onInput={(date) => set({ date })} />
        </Show>
      </div>
      <div class="dialog-actions">
        <button type="button" class="button" onClick={() => props.onCancel()}>
          {texts.actions.cancel}
        </button>
        <button type="submit" class="button primary" disabled={wantedOf(props.draft) === null}>
          {words.next}
        </button>
      </div>
    </form>
  )
}

function Ids(props: {
  readonly kind: 'connection' | 'system'
  readonly title: string
  readonly chosen: readonly string[]
  readonly onChange: (ids: readonly string[]) => void
}): JSX.Element {
  const documents = useQuery(() => documentsQuery(props.kind))
  return (
    <fieldset class="key-choice">
      <legend>{props.title}</legend>
      <Switch fallback={<p class="soft">{texts.live.waiting}</p>}>
        <Match when={documents.isError}>
          <ProblemNote error={documents.error} again={() => void documents.refetch()} />
        </Match>
        <Match when={documents.isSuccess && documents.data.items}>
          {(items) => (
            <For each={items()}>
              {({ id }) => (
                <label class="key-reach-choice">
                  <input
                    type="checkbox"
                    checked={props.chosen.includes(id)}
                    onChange={(event) => props.onChange(toggled(props.chosen, id, event.currentTarget.checked))}
                  />
                  {id}
                </label>
              )}
            </For>
          )}
        </Match>
      </Switch>
    </fieldset>
  )
}

function toggled(all: readonly string[], one: string, isChosen: boolean): readonly string[] {
  return isChosen ? [...all, one] : all.filter((other) => other !== one)
}

function Confirm(props: {
  readonly wanted: NewKey
  readonly isOpen: boolean
  readonly isPending: boolean
  readonly error: Error | null
  readonly onBack: () => void
  readonly onCreate: () => void
}): JSX.Element {
  const reach = () => {
    const { connections = 'all', systems = 'all' } = props.wanted
    return reachText({ connections, systems })
  }
  const warnings = () => {
    const has = (scope: string) => props.wanted.scopes.includes(scope)
    return [
      ...(has('persons:read') ? [words.persons] : []),
      ...(props.isOpen ? [words.asksEverybody] : []),
      ...(props.isOpen && !has('administer') ? [words.locksOut] : []),
    ]
  }
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        props.onCreate()
      }}
    >
      <p class="soft">{words.confirmLead}</p>
      <dl class="key-facts">
        <Fact name={words.name}>{props.wanted.name}</Fact>
        <Fact name={words.scopes}>{props.wanted.scopes.join(', ')}</Fact>
        <Fact name={words.reach}>{reach()}</Fact>
        <Fact name={words.expires}>
          <Show when={props.wanted.expires_at} fallback={words.neverExpires}>
            {(at) => <Time at={at()} />}
          </Show>
        </Fact>
      </dl>
      <Show when={warnings().length > 0}>
        <div class="note" data-tone="warn">
          <Icon name="problems" />
          <p>{warnings().join(' ')}</p>
        </div>
      </Show>
      <Show when={props.error}>{(error) => <ProblemNote error={error()} title={texts.keys.refused} />}</Show>
      <div class="dialog-actions">
        <button type="button" class="button" disabled={props.isPending} onClick={() => props.onBack()}>
          {words.back}
        </button>
        <button type="submit" class="button primary" disabled={props.isPending}>
          {props.isPending ? words.creating : texts.keys.create}
        </button>
      </div>
    </form>
  )
}
