import { useMutation } from '@tanstack/solid-query'
import { createSignal, For, type JSX, Match, Show, Switch } from 'solid-js'
import { isChangedMeanwhile } from '../../api/ask.ts'
import { type DocumentKind, type RemovalPreview, removalQuery, removeDocument } from '../../api/documents.ts'
import { client } from '../../api/queries.ts'
import { useQuery } from '../../api/use-query.ts'
import { countText } from '../../format.ts'
import { Dialog } from '../../parts/dialog.tsx'
import { Icon } from '../../parts/icons.tsx'
import { notify } from '../../parts/notices.tsx'
import { Badge, ProblemNote, type Tone } from '../../parts/parts.tsx'
import { isReason, ReasonField } from '../../parts/reason-field.tsx'
import { Unanswered } from '../../parts/unanswered.tsx'
import { texts } from '../../texts.ts'

const words = texts.removal
const tones: Readonly<Record<string, Tone>> = { ends: 'warn', goes: 'bad', stays: 'good' }

/** Removes a document: shows what will happen and what uses it, and asks to type its id. */
export function RemoveDialog(props: {
  readonly kind: DocumentKind
  readonly id: string
  readonly onClose: () => void
  readonly onRemoved: () => void
}): JSX.Element {
  const preview = useQuery(() => removalQuery(props.kind, props.id))
  return (
    <Dialog title={words.title(props.id)} onClose={props.onClose}>
      <Switch>
        <Match when={preview.isSuccess && preview.data}>
          {(told) => (
            <Show when={told().refusal} fallback={<Confirm {...props} of={told()} />}>
              {(refusal) => (
                <div class="removal">
                  <div class="note" data-tone="warn">
                    <Icon name="problems" />
                    <div>
                      <strong>{words.needed}</strong>
                      <p>{refusal()}</p>
                    </div>
                  </div>
                  <div class="dialog-actions">
                    <button type="button" class="button" onClick={() => props.onClose()}>
                      {words.close}
                    </button>
                  </div>
                </div>
              )}
            </Show>
          )}
        </Match>
        <Unanswered of={preview} lines={3} />
      </Switch>
    </Dialog>
  )
}

function Confirm(props: {
  readonly kind: DocumentKind
  readonly id: string
  readonly of: RemovalPreview
  readonly onClose: () => void
  readonly onRemoved: () => void
}): JSX.Element {
  const [typed, setTyped] = createSignal('')
  const [reason, setReason] = createSignal('')
  const remove = useMutation(() => ({
    mutationFn: () => removeDocument(props.kind, props.of, reason().trim()),
    onSuccess: async () => {
      notify(words.removed(props.id))
      await Promise.all(
        ['documents', 'document-changes', 'status'].map((key) => client.invalidateQueries({ queryKey: [key] })),
      )
      props.onRemoved()
    },
    // The effects have changed: shows them before it asks again.
    onError: async (error: Error) => {
      if (isChangedMeanwhile(error)) await client.invalidateQueries({ queryKey: ['removal'] })
    },
  }))
  const shown = () => props.of.effects.filter(({ count }) => count !== 0)
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        remove.mutate()
      }}
    >
      <p class="soft">{words.lead}</p>
      <ul class="removal-effects">
        <For each={shown()}>
          {(of) => (
            <li>
              <Badge tone={tones[of.outcome] ?? 'idle'}>{words.outcomes[of.outcome]}</Badge>
              <span>
                {of.count === null || of.what === 'metadata' ? '' : `${countText(of.count)} `}
                {words.effects[of.what]}
              </span>
            </li>
          )}
        </For>
      </ul>
      <label class="field">
        <span>{words.confirm(props.id)}</span>
        <input
          required
          autocomplete="off"
          spellcheck={false}
          value={typed()}
          onInput={(event) => setTyped(event.currentTarget.value)}
        />
      </label>
      <ReasonField value={reason()} onInput={setReason} />
      <Switch>
        <Match when={isChangedMeanwhile(remove.error)}>
          <div class="note" data-tone="warn" role="alert">
            <Icon name="problems" />
            <div>
              <strong>{texts.kept.changed}</strong>
              <p class="soft">{words.changed}</p>
            </div>
          </div>
        </Match>
        <Match when={remove.isError}>
          <ProblemNote error={remove.error} title={words.refused} />
        </Match>
      </Switch>
      <div class="dialog-actions">
        <button type="button" class="button" onClick={() => props.onClose()}>
          {texts.actions.cancel}
        </button>
        <button
          type="submit"
          class="button danger primary"
          disabled={remove.isPending || typed() !== props.id || !isReason(reason())}
        >
          {remove.isPending ? words.removing : words.remove}
        </button>
      </div>
    </form>
  )
}
