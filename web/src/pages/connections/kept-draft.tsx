import { createSignal, createUniqueId, type JSX, Show } from 'solid-js'
import { Icon } from '../../parts/icons.tsx'
import { texts } from '../../texts.ts'
import { Diff } from './diff.tsx'

/** What somebody wrote, and why, on a revision that is not the newest any more. */
export interface Draft {
  readonly text: string
  readonly reason: string
}

const [drafts, setDrafts] = createSignal<ReadonlyMap<string, Draft>>(new Map())

/** Keeps a draft of what `of` names while this window stays open, on whatever page it is shown. */
export function keepDraft(of: string, draft: Draft): void {
  setDrafts((all) => new Map(all).set(of, draft))
}

function dropDraft(of: string): void {
  setDrafts((all) => new Map([...all].filter(([name]) => name !== of)))
}

/** The draft that is kept, beside what is there now: it is put in again, or dropped. */
export function KeptDraft(props: {
  readonly of: string
  /** What is there now. */
  readonly now: string
  readonly onUse: (draft: Draft) => void
}): JSX.Element {
  const titleId = createUniqueId()
  const draft = () => drafts().get(props.of)
  return (
    <Show when={draft()} keyed>
      {(kept) => (
        <section class="card kept-draft" aria-labelledby={titleId}>
          <div class="card-head">
            <div>
              <h2 id={titleId}>{texts.kept.title}</h2>
              <p class="soft">{texts.kept.lead}</p>
            </div>
            <div class="document-actions">
              <button type="button" class="button" onClick={() => dropDraft(props.of)}>
                {texts.kept.drop}
              </button>
              <button
                type="button"
                class="button primary"
                onClick={() => {
                  props.onUse(kept)
                  dropDraft(props.of)
                }}
              >
                {texts.kept.use}
              </button>
            </div>
          </div>
          <Diff before={props.now} after={kept.text} />
        </section>
      )}
    </Show>
  )
}

/** Says that what is edited was changed meanwhile, or was to be new and is there already; `load` keeps what was written. */
export function ChangedNote(props: { readonly isNew: boolean; readonly load: () => void }): JSX.Element {
  return (
    <div class="note" data-tone="warn" role="alert">
      <Icon name="problems" />
      <div>
        <strong>{props.isNew ? texts.newDocument.exists : texts.kept.changed}</strong>
        <p class="soft">{texts.kept.changedLead}</p>
      </div>
      <button type="button" class="button" onClick={() => props.load()}>
        {props.isNew ? texts.newDocument.open : texts.kept.load}
      </button>
    </div>
  )
}
