import './connections.css'
import { A, useNavigate, useParams, useSearchParams } from '@solidjs/router'
import { useMutation } from '@tanstack/solid-query'
import { createEffect, createMemo, createSignal, type JSX, Match, on, onCleanup, Show, Switch, untrack } from 'solid-js'
import { ApiProblem, isChangedMeanwhile } from '../../api/ask.ts'
import {
  type Content,
  type DocumentKind,
  documentQuery,
  type EditedDocument,
  schemaQuery,
  type Tried,
  tryDocument,
} from '../../api/documents.ts'
import { client } from '../../api/queries.ts'
import { testDocument } from '../../api/tests.ts'
import { useQuery } from '../../api/use-query.ts'
import { useMay } from '../../may.ts'
import { Icon } from '../../parts/icons.tsx'
import { Badge, Empty, PageHead, ProblemNote } from '../../parts/parts.tsx'
import { Unanswered } from '../../parts/unanswered.tsx'
import { texts } from '../../texts.ts'
import { usePageTitle } from '../../title.ts'
import { forgetWritten, useUnsaved } from '../../unsaved.ts'
import { SystemHolds } from '../holds/system-holds.tsx'
import { ApplyDialog } from './apply-dialog.tsx'
import { Fields } from './form.tsx'
import { History } from './history.tsx'
import { ChangedNote, type Draft, KeptDraft, keepDraft } from './kept-draft.tsx'
import { RemoveDialog } from './remove-dialog.tsx'
import { type Path, type Schema, withValue } from './schema-fields.ts'
import { TestPanel } from './test-panel.tsx'
import { type Mistake, mistakeText, readYaml, yamlOf } from './yaml.ts'

export const ConnectionPage = () => <DocumentPage kind="connection" />
export const MetadataPage = () => <DocumentPage kind="product-metadata" />
export const SystemPage = () => <DocumentPage kind="system" />

/** The API checks the text after this pause in typing. */
const SETTLED_MS = 400

/** One document: as a form or as YAML, checked while edited, changed with a reason; and its history. */
function DocumentPage(props: { readonly kind: DocumentKind }): JSX.Element {
  const params = useParams<{ id: string }>()
  const [search, setSearch] = useSearchParams<{ view: string; as: string; cursor: string }>()
  const id = () => decodeURIComponent(params.id)
  const stored = useQuery(() => documentQuery(props.kind, id()))
  const [reverted, setReverted] = createSignal<Content | null>(null)
  const may = useMay()
  usePageTitle(id)
  const navigate = useNavigate()
  const [isRemoving, setIsRemoving] = createSignal(false)
  const testing = useTest(() => ({ kind: props.kind, id: id() }))
  const isGone = () => stored.error instanceof ApiProblem && stored.error.status === 404
  return (
    <>
      <PageHead
        title={id()}
        back={{ href: '/connections', text: texts.document.back }}
        lead={texts.document.kinds[props.kind]}
        beside={
          <Show when={stored.isSuccess && stored.data}>
            {(told) => <Badge tone="idle">{texts.document.revision(told().revision)}</Badge>}
          </Show>
        }
        actions={
          <Show when={stored.isSuccess}>
            <button
              type="button"
              class="button danger"
              disabled={!may('configure')}
              title={may('configure') ? undefined : texts.tests.mayNot}
              onClick={() => setIsRemoving(true)}
            >
              <Icon name="discard" size={14} />
              {texts.removal.remove}
            </button>
            <Show when={props.kind !== 'product-metadata'}>
              <button
                type="button"
                class="button"
                disabled={!may('configure') || testing.isPending}
                title={may('configure') ? undefined : texts.tests.mayNot}
                onClick={() => testing.again()}
              >
                <Icon name="check" size={14} />
                {testing.isPending ? texts.tests.testing : texts.tests.test}
              </button>
            </Show>
          </Show>
        }
      />
      <TestPanel of={testing} title={texts.tests.title} />
      <Views kind={props.kind} id={id()} isHistory={search.view === 'history'} />
      <div class="stack">
        <Show when={props.kind === 'system' && search.view !== 'history' && stored.isSuccess}>
          <SystemHolds system={id()} />
        </Show>
        <Switch>
          <Match when={search.view === 'history'}>
            <History
              kind={props.kind}
              id={id()}
              mayRevert={may('configure')}
              onRevert={(document) => {
                setReverted(document)
                setSearch({ view: null, cursor: null })
              }}
            />
          </Match>
          <Match when={stored.isSuccess && stored.data}>
            {(base) => (
              <Editor
                kind={props.kind}
                base={base()}
                begin={reverted()}
                isYaml={search.as === 'yaml'}
                choose={(as) => setSearch({ as: as === 'form' ? null : as })}
                reload={() => {
                  setReverted(null)
                  void client.invalidateQueries({ queryKey: ['document', props.kind, id()] })
                }}
              />
            )}
          </Match>
          <Match when={isGone() && props.kind === 'product-metadata'}>
            <div class="card">
              <Empty icon="file" title={texts.document.gone} lead={texts.document.goneLead}>
                <Show when={may('configure')}>
                  <A href={`/new/product-metadata?id=${encodeURIComponent(id())}`} class="button primary">
                    {texts.newDocument.createMetadata}
                  </A>
                </Show>
              </Empty>
            </div>
          </Match>
          <Unanswered of={stored} lines={6} framed />
        </Switch>
      </div>
      <Show when={isRemoving()}>
        <RemoveDialog
          kind={props.kind}
          id={id()}
          onClose={() => setIsRemoving(false)}
          onRemoved={() => {
            forgetWritten()
            navigate('/connections')
          }}
        />
      </Show>
    </>
  )
}

/** A test of the shown document; another document's test is dropped. */
function useTest(place: () => { readonly kind: DocumentKind; readonly id: string }) {
  const test = useMutation(() => ({
    mutationFn: ({ kind, id }: { readonly kind: 'system' | 'connection'; readonly id: string }) =>
      testDocument(kind, id),
  }))
  createEffect(on(place, () => test.reset(), { defer: true }))
  return {
    get isIdle() {
      return test.isIdle
    },
    get isPending() {
      return test.isPending
    },
    get error() {
      return test.error
    },
    get data() {
      return test.data
    },
    again: () => {
      const { kind, id } = place()
      if (kind !== 'product-metadata') test.mutate({ kind, id })
    },
    close: () => test.reset(),
  }
}

function Views(props: { readonly kind: DocumentKind; readonly id: string; readonly isHistory: boolean }): JSX.Element {
  const name = () => encodeURIComponent(props.id)
  const own = () => {
    if (props.kind === 'system') return `/systems/${name()}`
    return props.kind === 'connection' ? `/connections/${name()}` : `/connections/${name()}/metadata`
  }
  const isHere = (kind: DocumentKind, isHistory: boolean) =>
    props.kind === kind && props.isHistory === isHistory ? 'page' : undefined
  return (
    <nav class="tabs document-views" aria-label={texts.document.views.label}>
      <Show
        when={props.kind === 'system'}
        fallback={
          <>
            <a href={`/connections/${name()}`} class="tab" aria-current={isHere('connection', false)}>
              {texts.document.kinds.connection}
            </a>
            <a href={`/connections/${name()}/metadata`} class="tab" aria-current={isHere('product-metadata', false)}>
              {texts.document.views.mapping}
            </a>
            <a href={`/connections/${name()}/mapping`} class="tab">
              {texts.samples.open}
            </a>
          </>
        }
      >
        <a href={own()} class="tab" aria-current={isHere('system', false)}>
          {texts.document.kinds.system}
        </a>
      </Show>
      <a href={`${own()}?view=history`} class="tab" aria-current={isHere(props.kind, true)}>
        {texts.document.views.history}
      </a>
    </nav>
  )
}

interface Editing {
  readonly kind: DocumentKind
  readonly base: EditedDocument
  /** Content to restore; null: the stored document. */
  readonly begin: Content | null
  readonly isYaml: boolean
  readonly choose: (as: 'form' | 'yaml') => void
  readonly reload: () => void
}

/** A document as a form or as YAML, checked while edited. */
export function Editor(props: Editing): JSX.Element {
  const schema = useQuery(schemaQuery)
  const may = useMay()
  const first = untrack(() => props.begin ?? props.base.document)
  const [text, setText] = createSignal(yamlOf(first))
  const [draft, setDraft] = createSignal<unknown>(first)
  useUnsaved(() => text() !== yamlOf(props.base.document), ['as'])
  const [reason, setReason] = createSignal('')
  // As checked when the dialog opened: the question must not disappear while it is read.
  const [asked, setAsked] = createSignal<Tried | null>(null)
  const begin = (document: unknown) => {
    setDraft(document)
    setText(yamlOf(document))
  }
  createEffect(
    on(
      () => props.base,
      (base) => begin(base.document),
      { defer: true },
    ),
  )
  const write = (written: string) => {
    setText(written)
    const read = readYaml(written)
    if (read.problem === null) setDraft(read.value)
  }
  const draftName = () => `${props.kind} ${props.base.id}`
  const loadAnew = () => {
    keepDraft(draftName(), { text: text(), reason: reason() })
    setAsked(null)
    props.reload()
  }
  const putIn = (kept: Draft) => {
    write(kept.text)
    setReason(kept.reason)
  }
  const syntax = createMemo(() => readYaml(text()).problem)
  const settled = useSettled(draft)
  const tried = useQuery(() => ({
    queryKey: ['document-try', props.kind, props.base.id, props.base.revision, settled()],
    queryFn: ({ signal }: { readonly signal: AbortSignal }) => {
      const { id, revision } = props.base
      return tryDocument({ kind: props.kind, id, revision, document: settled() }, signal)
    },
    retry: false,
    staleTime: 0,
    gcTime: 0,
    enabled: may('configure'),
  }))
  const isChecking = () => tried.isFetching || settled() !== draft()
  const problem = () => (tried.isError && tried.error instanceof ApiProblem ? tried.error : null)
  const mistakes = () => problem()?.mistakes ?? []
  const isReady = () => syntax() === null && !isChecking() && tried.isSuccess && tried.data.changed
  const form = {
    get value() {
      return draft()
    },
    get mistakes() {
      return mistakes()
    },
    get isLocked() {
      return !may('configure')
    },
    change: (path: Path, value: unknown) => begin(withValue(draft(), path, value)),
  }
  const definition = (whole: Schema) => whole.definitions?.[props.kind] ?? {}
  return (
    <>
      <KeptDraft of={draftName()} now={yamlOf(props.base.document)} onUse={putIn} />
      <section class="card">
        <div class="card-head document-head">
          <fieldset class="switch form-switch">
            <legend class="unseen">{texts.document.forms.label}</legend>
            <label>
              <input
                type="radio"
                name="as"
                checked={!props.isYaml}
                disabled={syntax() !== null}
                onChange={() => props.choose('form')}
              />
              {texts.document.forms.form}
            </label>
            <label>
              <input type="radio" name="as" checked={props.isYaml} onChange={() => props.choose('yaml')} />
              {texts.document.forms.yaml}
            </label>
          </fieldset>
          <span class="document-state" aria-live="polite">
            <Switch>
              <Match when={!may('configure')}>{texts.document.mayNot}</Match>
              <Match when={syntax()}>
                <Badge tone="bad">{texts.document.syntax}</Badge>
              </Match>
              <Match when={isChecking()}>
                <span class="soft">{texts.document.checking}</span>
              </Match>
              <Match when={mistakes().length > 0}>
                <Badge tone="bad">{texts.document.mistakes(mistakes().length)}</Badge>
              </Match>
              <Match when={tried.isSuccess && !tried.data.changed}>
                <span class="soft">{texts.document.same}</span>
              </Match>
              <Match when={tried.isSuccess}>
                <Badge tone="good">{texts.document.valid}</Badge>
              </Match>
            </Switch>
          </span>
          <div class="document-actions">
            <button type="button" class="button" onClick={() => begin(props.base.document)}>
              {texts.document.discard}
            </button>
            <button
              type="button"
              class="button primary"
              disabled={!isReady()}
              onClick={() => setAsked(tried.isSuccess ? tried.data : null)}
            >
              {props.base.revision === null ? texts.newDocument.preview : texts.document.preview}
            </button>
          </div>
        </div>
        <Troubles
          syntax={syntax()}
          problem={problem()}
          showsAll={props.isYaml}
          isNew={props.base.revision === null}
          load={loadAnew}
        />
        <Show
          when={props.isYaml}
          fallback={
            <Switch>
              <Match when={schema.isSuccess && schema.data}>
                {(whole) => (
                  <div class="document-form">
                    <Fields draft={form} schema={definition(whole() as Schema)} path={[]} />
                  </div>
                )}
              </Match>
              <Unanswered of={schema} lines={6} />
            </Switch>
          }
        >
          <textarea
            class="document-yaml mono"
            aria-label={texts.document.yaml}
            spellcheck={false}
            autocomplete="off"
            rows={Math.min(40, text().split('\n').length + 1)}
            readonly={!may('configure')}
            value={text()}
            onInput={({ currentTarget }) => write(currentTarget.value)}
          />
        </Show>
        <Show when={asked()}>
          {(would) => (
            <ApplyDialog
              kind={props.kind}
              base={props.base}
              tried={would()}
              reason={reason()}
              onReason={setReason}
              onClose={() => setAsked(null)}
              onApplied={() => {
                setAsked(null)
                setReason('')
                props.reload()
              }}
              onReload={loadAnew}
            />
          )}
        </Show>
      </section>
    </>
  )
}

function Troubles(props: {
  readonly syntax: Mistake | null
  readonly problem: ApiProblem | null
  /** Otherwise mistakes are shown at their fields. */
  readonly showsAll: boolean
  /** It should be new, but exists already. */
  readonly isNew: boolean
  readonly load: () => void
}): JSX.Element {
  const listed = () => {
    const { mistakes = [] } = props.problem ?? {}
    return props.showsAll ? mistakes : mistakes.filter(({ field }) => field === '' || field.includes(': '))
  }
  return (
    <Switch>
      <Match when={props.syntax}>
        {(wrong) => (
          <p class="document-trouble form-mistake" role="alert">
            {mistakeText(wrong())}
          </p>
        )}
      </Match>
      <Match when={isChangedMeanwhile(props.problem)}>
        <div class="document-note">
          <ChangedNote isNew={props.isNew} load={props.load} />
        </div>
      </Match>
      <Match when={listed().length > 0}>
        <ul class="document-trouble">
          {listed().map(({ field, message }) => (
            <li class="form-mistake">
              <code>{field}</code> {message}
            </li>
          ))}
        </ul>
      </Match>
      <Match when={props.problem !== null && props.problem.mistakes.length === 0 && props.problem}>
        {(problem) => (
          <div class="document-note">
            <ProblemNote error={problem()} />
          </div>
        )}
      </Match>
    </Switch>
  )
}

/** A value once it has not changed for a while. */
function useSettled<T>(value: () => T): () => T {
  const [settled, setSettled] = createSignal(value())
  let timer: ReturnType<typeof setTimeout> | undefined
  createEffect(() => {
    const next = value()
    clearTimeout(timer)
    timer = setTimeout(() => setSettled(() => next), SETTLED_MS)
  })
  onCleanup(() => clearTimeout(timer))
  return settled
}
