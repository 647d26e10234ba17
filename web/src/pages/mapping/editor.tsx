import './mapping.css'
import { keepPreviousData, useMutation } from '@tanstack/solid-query'
import { createEffect, createMemo, createSignal, type JSX, Match, on, onCleanup, Show, Switch, untrack } from 'solid-js'
import type { MappingPreview, StoredDocument } from '../../api/answers.ts'
import { ApiProblem, ask, isChangedMeanwhile, queryText } from '../../api/ask.ts'
import { client } from '../../api/queries.ts'
import { useQuery } from '../../api/use-query.ts'
import { useMay } from '../../may.ts'
import { Dialog } from '../../parts/dialog.tsx'
import { Icon } from '../../parts/icons.tsx'
import { LineEditor } from '../../parts/line-editor.tsx'
import { notify } from '../../parts/notices.tsx'
import { PageHead, ProblemNote, Skeleton } from '../../parts/parts.tsx'
import { isReason, ReasonField } from '../../parts/reason-field.tsx'
import { texts } from '../../texts.ts'
import { useUnsaved } from '../../unsaved.ts'
import { ChangedNote, KeptDraft, keepDraft } from '../connections/kept-draft.tsx'
import type { Mistake } from '../connections/yaml.ts'
import type { Content, EditedMap } from './edited-map.ts'
import { lineOfField } from './mapping-text.ts'

/** Longer than the pause between two keystrokes. */
const TRY_AFTER_MS = 400

/** The document with the mapping; revision null: there is none yet. */
export type EditedMapping = Omit<StoredDocument, 'revision'> & { readonly revision: number | null }

/** A mapping, edited next to its results for some records, and saved. */
export function MappingEditor(props: {
  readonly title: string
  readonly back: { readonly href: string; readonly text: string }
  readonly map: EditedMap
  readonly stored: EditedMapping
  /** The records to try it on, as the API takes them. */
  readonly tried: Readonly<Record<string, unknown>>
  readonly previewTitle: string
  /** Before the preview. */
  readonly choice?: JSX.Element
  /** `isOld`: of the text before it contained a mistake. */
  readonly preview: (preview: MappingPreview, isOld: boolean) => JSX.Element
  /** In the dialog that saves. */
  readonly extra?: JSX.Element
  /** Query parameters that choose the records to try it on. */
  readonly chooses: readonly string[]
  readonly onSaved: () => void
  readonly onReload: () => void
}): JSX.Element {
  const may = useMay()
  const begun = untrack(() => props.map.textOf(props.stored.document))
  const [text, setText] = createSignal(begun)
  const [settled, setSettled] = createSignal(begun)
  useUnsaved(
    () => text() !== begun,
    untrack(() => props.chooses),
  )
  const [isSaving, setIsSaving] = createSignal(false)
  const [reason, setReason] = createSignal('')
  const draftName = () => `${props.map.savePath(props.stored.id)} ${props.map.previewPath(props.stored.id)}`
  const loadAnew = () => {
    keepDraft(draftName(), { text: text(), reason: reason() })
    setIsSaving(false)
    props.onReload()
  }
  createEffect(
    on(text, (now) => {
      const timer = setTimeout(() => setSettled(now), TRY_AFTER_MS)
      onCleanup(() => clearTimeout(timer))
    }),
  )
  const read = createMemo(() => props.map.read(settled()))
  const rules = () => {
    const now = read()
    return 'rules' in now ? now.rules : null
  }
  const preview = useQuery(() => ({
    queryKey: [
      'mapping-preview',
      props.map.previewPath(props.stored.id),
      props.stored.revision,
      props.tried,
      settled(),
    ],
    queryFn: ({ signal }: { readonly signal: AbortSignal }) =>
      ask<MappingPreview>(props.map.previewPath(props.stored.id), {
        method: 'POST',
        body: { ...props.map.previewBody(rules() ?? {}), ...props.tried },
        signal,
      }),
    enabled: rules() !== null && may('configure'),
    placeholderData: keepPreviousData,
    retry: false,
  }))
  const mistake = createMemo((): Mistake | null => {
    const now = read()
    if ('mistake' in now) return now.mistake
    if (!(preview.error instanceof ApiProblem) || preview.error.status !== 400) return null
    return { message: preview.error.message, line: lineOfField(settled(), props.map.fieldOf(preview.error.field)) }
  })
  const canSave = () => may('configure') && mistake() === null && text() === settled() && text() !== begun
  return (
    <>
      <PageHead
        title={props.title}
        back={props.back}
        beside={<Show when={text() !== begun}>{<span class="soft">{texts.mapping.unsaved}</span>}</Show>}
        actions={
          <button
            type="button"
            class="button primary"
            disabled={!canSave()}
            title={may('configure') ? undefined : texts.mapping.mayNot}
            onClick={() => setIsSaving(true)}
          >
            <Icon name="check" size={14} />
            {texts.mapping.save}
          </button>
        }
      />
      <KeptDraft
        of={draftName()}
        now={begun}
        onUse={(kept) => {
          setText(kept.text)
          setReason(kept.reason)
        }}
      />
      {props.choice}
      <div class="mapping-columns">
        <LineEditor
          label={texts.mapping.editor}
          hint={texts.mapping.editorHint}
          value={text()}
          mistake={mistake()}
          onInput={setText}
        />
        <section class="card" aria-labelledby="mapping-preview">
          <div class="card-head">
            <h2 id="mapping-preview">{props.previewTitle}</h2>
            <Show when={preview.isFetching}>
              <span class="soft">{texts.mapping.previewing}</span>
            </Show>
          </div>
          <Switch fallback={<Skeleton lines={5} />}>
            <Match when={preview.isError && mistake() === null}>
              <ProblemNote error={preview.error} again={() => void preview.refetch()} />
            </Match>
            <Match when={preview.data}>
              {(told) => (
                <div class="mapping-preview" classList={{ old: mistake() !== null }}>
                  {props.preview(told(), mistake() !== null)}
                </div>
              )}
            </Match>
            <Match when={mistake() !== null || !may('configure')}>
              <p class="mapping-note soft">{may('configure') ? '' : texts.mapping.mayNot}</p>
            </Match>
          </Switch>
        </section>
      </div>
      <Show when={isSaving() && rules()}>
        {(given) => (
          <SaveDialog
            map={props.map}
            rules={given()}
            stored={props.stored}
            extra={props.extra}
            reason={reason()}
            onReason={setReason}
            onSaved={() => {
              setIsSaving(false)
              props.onSaved()
            }}
            onReload={loadAnew}
            onClose={() => setIsSaving(false)}
          />
        )}
      </Show>
    </>
  )
}

function SaveDialog(props: {
  readonly map: EditedMap
  readonly rules: Content
  readonly stored: EditedMapping
  readonly extra: JSX.Element
  readonly reason: string
  readonly onReason: (reason: string) => void
  readonly onSaved: () => void
  readonly onReload: () => void
  readonly onClose: () => void
}): JSX.Element {
  const save = useMutation(() => ({
    mutationFn: () => {
      const address = `${props.map.savePath(props.stored.id)}${queryText({ reason: props.reason.trim() })}`
      const body = props.map.saveBody(props.rules, props.stored.document)
      return ask<StoredDocument>(address, { method: 'PUT', body, revision: props.stored.revision })
    },
    onSuccess: async () => {
      notify(texts.mapping.saved(props.stored.id))
      props.onSaved()
      await Promise.all(['metadata', 'document'].map((key) => client.invalidateQueries({ queryKey: [key] })))
    },
  }))
  const isLate = () => isChangedMeanwhile(save.error)
  return (
    <Dialog title={texts.mapping.saveTitle} onClose={props.onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          save.mutate()
        }}
      >
        <p class="soft">{props.map.saveLead}</p>
        <ReasonField value={props.reason} hint={texts.document.reasonHint} onInput={props.onReason} />
        {props.extra}
        <Switch>
          <Match when={isLate()}>
            <ChangedNote isNew={props.stored.revision === null} load={props.onReload} />
          </Match>
          <Match when={save.isError}>
            <ProblemNote error={save.error} />
          </Match>
        </Switch>
        <div class="dialog-actions">
          <button type="button" class="button" onClick={() => props.onClose()}>
            {texts.actions.cancel}
          </button>
          <button type="submit" class="button primary" disabled={save.isPending || isLate() || !isReason(props.reason)}>
            {save.isPending ? texts.mapping.saving : texts.mapping.saveDo}
          </button>
        </div>
      </form>
    </Dialog>
  )
}
