import { useMutation } from '@tanstack/solid-query'
import { createSignal, type JSX, Show } from 'solid-js'
import { type KeyStatus, revokeKey } from '../../api/administration.ts'
import { client } from '../../api/queries.ts'
import { Dialog } from '../../parts/dialog.tsx'
import { Icon } from '../../parts/icons.tsx'
import { notify } from '../../parts/notices.tsx'
import { ProblemNote } from '../../parts/parts.tsx'
import { isReason, ReasonField } from '../../parts/reason-field.tsx'
import { isOwnKey } from '../../session.ts'
import { texts } from '../../texts.ts'

/** Revokes a key, with a reason. `isLast`: no other key may administer. */
export function RevokeDialog(props: {
  readonly of: KeyStatus
  readonly isLast: boolean
  readonly onClose: () => void
}): JSX.Element {
  const [reason, setReason] = createSignal('')
  const revoke = useMutation(() => ({
    mutationFn: () => revokeKey(props.of.id, reason().trim()),
    onSuccess: async () => {
      notify(texts.keys.revoked(props.of.name))
      props.onClose()
      await Promise.all(['keys', 'audit'].map((key) => client.invalidateQueries({ queryKey: [key] })))
    },
  }))
  const warnings = () => [
    ...(isOwnKey(props.of.id) ? [texts.keys.revokeOwn] : []),
    ...(props.isLast ? [texts.keys.revokeLast] : []),
  ]
  return (
    <Dialog title={texts.keys.revokeTitle(props.of.name)} onClose={props.onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          revoke.mutate()
        }}
      >
        <p class="soft">{texts.keys.revokeLead}</p>
        <Show when={warnings().length > 0}>
          <div class="note" data-tone="warn">
            <Icon name="problems" />
            <p>{warnings().join(' ')}</p>
          </div>
        </Show>
        <ReasonField value={reason()} hint={texts.keys.reasonHint} onInput={setReason} />
        <Show when={revoke.isError}>
          <ProblemNote error={revoke.error} title={texts.keys.refused} />
        </Show>
        <div class="dialog-actions">
          <button type="button" class="button" onClick={() => props.onClose()}>
            {texts.actions.cancel}
          </button>
          <button type="submit" class="button danger primary" disabled={revoke.isPending || !isReason(reason())}>
            {revoke.isPending ? texts.keys.revoking : texts.keys.revoke}
          </button>
        </div>
      </form>
    </Dialog>
  )
}
