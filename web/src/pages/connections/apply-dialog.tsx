import { useMutation } from '@tanstack/solid-query'
import { type JSX, Match, Switch } from 'solid-js'
import { isChangedMeanwhile } from '../../api/ask.ts'
import { type DocumentKind, type EditedDocument, saveDocument, type Tried } from '../../api/documents.ts'
import { client } from '../../api/queries.ts'
import { Dialog } from '../../parts/dialog.tsx'
import { notify } from '../../parts/notices.tsx'
import { ProblemNote } from '../../parts/parts.tsx'
import { isReason, ReasonField } from '../../parts/reason-field.tsx'
import { texts } from '../../texts.ts'
import { Diff } from './diff.tsx'
import { ChangedNote } from './kept-draft.tsx'
import { yamlOf } from './yaml.ts'

/** Shows what a change of a document changes; applies it with a reason, based on the revision that was read. */
export function ApplyDialog(props: {
  readonly kind: DocumentKind
  readonly base: EditedDocument
  readonly tried: Tried
  readonly reason: string
  readonly onReason: (reason: string) => void
  readonly onClose: () => void
  readonly onApplied: () => void
  /** Somebody else was faster: the current version must be loaded. */
  readonly onReload: () => void
}): JSX.Element {
  const isNew = () => props.base.revision === null
  const apply = useMutation(() => ({
    mutationFn: () => {
      const { id, revision } = props.base
      return saveDocument({ kind: props.kind, id, revision, document: props.tried.document }, props.reason.trim())
    },
    onSuccess: async () => {
      notify(isNew() ? texts.newDocument.created(props.base.id) : texts.document.applied(props.base.id))
      await Promise.all(
        ['document', 'documents', 'document-changes', 'status'].map((key) =>
          client.invalidateQueries({ queryKey: [key] }),
        ),
      )
      props.onApplied()
    },
  }))
  const isLate = () => isChangedMeanwhile(apply.error)
  return (
    <Dialog title={isNew() ? texts.newDocument.previewTitle : texts.document.previewTitle} onClose={props.onClose}>
      <form
        class="apply"
        onSubmit={(event) => {
          event.preventDefault()
          apply.mutate()
        }}
      >
        <p class="soft">{texts.document.previewLead}</p>
        <Diff before={isNew() ? '' : yamlOf(props.base.document)} after={yamlOf(props.tried.document)} />
        <ReasonField value={props.reason} hint={texts.document.reasonHint} onInput={props.onReason} />
        <Switch>
          <Match when={isLate()}>
            <ChangedNote isNew={isNew()} load={props.onReload} />
          </Match>
          <Match when={apply.isError}>
            <ProblemNote error={apply.error} />
          </Match>
        </Switch>
        <div class="dialog-actions">
          <button type="button" class="button" onClick={() => props.onClose()}>
            {texts.actions.cancel}
          </button>
          <button
            type="submit"
            class="button primary"
            disabled={apply.isPending || isLate() || !isReason(props.reason)}
          >
            {apply.isPending ? texts.document.applying : isNew() ? texts.newDocument.create : texts.document.apply}
          </button>
        </div>
      </form>
    </Dialog>
  )
}
