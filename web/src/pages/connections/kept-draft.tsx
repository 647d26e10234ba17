import { createSignal, createUniqueId, type JSX, Show } from 'solid-js'
import { Icon } from '../../parts/icons.tsx'
import { texts } from '../../texts.ts'
import { Diff } from './diff.tsx'

/** Somebody's text and reason, based on a revision that is no longer the newest. */
export interface Draft {
  readonly text: string
  readonly reason: string
}

const [drafts, setDrafts] = createSignal<ReadonlyMap<string, Draft>>(new Map())

/** Stores a draft of `of` while this window stays open, across pages. */
export function keepDraft(of: string, draft: Draft): void {
  setDrafts((all) => new Map(all).set(of, draft))
}

function dropDraft(of: string): void {
  setDrafts((all) => new Map([...all].filter(([name]) => name !== of)))
}

/** The stored draft, next to the current version: it can be used again or dropped. */
export function KeptDraft(props: {
  readonly of: string
  /** The current version. */
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

/** Says that the document was changed meanwhile, or already exists; `load` keeps the text. */
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
