import { useMutation } from '@tanstack/solid-query'
import { createSignal, type JSX, Show } from 'solid-js'
import type { ManyDone } from '../../api/answers.ts'
import { ask } from '../../api/ask.ts'
import { Dialog } from '../../parts/dialog.tsx'
import { notify } from '../../parts/notices.tsx'
import { ProblemNote } from '../../parts/parts.tsx'
import { isReason, ReasonField } from '../../parts/reason-field.tsx'
import { texts } from '../../texts.ts'
import { Anew, RemapChoice } from './remap-choice.tsx'
import type { Target } from './retry-run.ts'
import { reloadLetters, startRetry } from './retry-runs.ts'

/** Maximum that one call discards. */
const MOST = 500

interface Acting {
  readonly target: Target
  readonly onClose: () => void
}

function countOf(target: Target): number {
  if ('id' in target) return 1
  return 'ids' in target ? target.ids.length : target.count
}

/**
 * Asks for confirmation before records are retried. `needsReason`: the API requires one. The dialog closes when the
 * retry has begun; the page shows its progress.
 */
export function RetryDialog(
  props: Acting & {
    /** Label of the retry on the page. */
    readonly name: string
    readonly needsReason?: boolean
    /** Initial choice of mapping again instead of sending the earlier result; absent: no choice. */
    readonly remap?: boolean
  },
): JSX.Element {
  const [reason, setReason] = createSignal('')
  const [remap, setRemap] = createSignal(props.remap ?? false)
  const given = () => reason().trim()
  return (
    <Dialog title={texts.actions.retryTitle(countOf(props.target))} onClose={props.onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          const { name, target, needsReason } = props
          void startRetry(name, { target, reason: needsReason ? given() : null, remap: remap() })
          props.onClose()
        }}
      >
        <Show
          when={props.remap !== undefined}
          fallback={<p class="soft">{props.needsReason ? texts.actions.forceLead : texts.actions.retryLead}</p>}
        >
          <RemapChoice remap={remap()} onChange={setRemap} />
          <Show when={remap() && 'id' in props.target && props.target.id}>{(id) => <Anew id={id()} />}</Show>
        </Show>
        <Show when={props.needsReason}>
          <ReasonField value={reason()} onInput={setReason} />
        </Show>
        <div class="dialog-actions">
          <button type="button" class="button" onClick={() => props.onClose()}>
            {texts.actions.cancel}
          </button>
          <button type="submit" class="button primary" disabled={props.needsReason === true && !isReason(reason())}>
            {texts.actions.retryDo(countOf(props.target))}
          </button>
        </div>
      </form>
    </Dialog>
  )
}

/** Asks for the reason before records are discarded. */
export function DiscardDialog(
  props: Acting & { readonly target: Exclude<Target, { readonly ids: readonly string[] }> },
): JSX.Element {
  const [reason, setReason] = createSignal('')
  const discarded = () => Math.min(MOST, countOf(props.target))
  const discard = useMutation(() => ({
    mutationFn: async () => {
      const { target } = props
      const wanted = { reason: reason().trim(), confirm: true }
      if ('choice' in target) {
        const body = { ...target.choice, ...wanted, limit: MOST }
        return await ask<ManyDone>('/v1/dead-letters/discard', { method: 'POST', body })
      }
      const path = `/v1/dead-letters/${encodeURIComponent(target.id)}/discard`
      await ask<unknown>(path, { method: 'POST', body: wanted })
      return { done: [target.id], skipped: [], more: false }
    },
    onSuccess: async ({ done }: ManyDone) => {
      notify(texts.actions.discarded(done.length))
      props.onClose()
      await reloadLetters()
    },
  }))
  return (
    <Dialog title={texts.actions.discardTitle(discarded())} onClose={props.onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          discard.mutate()
        }}
      >
        <p class="soft">{texts.actions.discardLead}</p>
        <ReasonField value={reason()} onInput={setReason} />
        <Show when={discard.isError}>
          <ProblemNote error={discard.error} />
        </Show>
        <div class="dialog-actions">
          <button type="button" class="button" onClick={() => props.onClose()}>
            {texts.actions.cancel}
          </button>
          <button type="submit" class="button danger primary" disabled={discard.isPending || !isReason(reason())}>
            {discard.isPending ? texts.actions.discarding : texts.actions.discardDo(discarded())}
          </button>
        </div>
      </form>
    </Dialog>
  )
}
