import './problems.css'
import { useNavigate, useParams } from '@solidjs/router'
import { createMemo, createSignal, For, type JSX, Match, Show, Switch } from 'solid-js'
import type { MappingPreview, StoredDocument } from '../../api/answers.ts'
import { groupsQuery } from '../../api/queries.ts'
import { useQuery } from '../../api/use-query.ts'
import { useMay } from '../../may.ts'
import { FieldChanges } from '../../parts/field-changes.tsx'
import { Icon } from '../../parts/icons.tsx'
import { PageHead, ProblemNote, Skeleton } from '../../parts/parts.tsx'
import { texts } from '../../texts.ts'
import { usePageTitle } from '../../title.ts'
import { forgetWritten } from '../../unsaved.ts'
import { type EditedMap, editedMaps } from '../mapping/edited-map.ts'
import { MappingEditor } from '../mapping/editor.tsx'
import { editedOf, isMappedBefore } from './edited-stage.ts'
import { startRetry } from './retry-runs.ts'

const MOST_RECORDS = 200

/**
 * The mapping that records of a problem failed with: edited next to its results for them, saved, and the records
 * retried.
 */
export function MappingPage(): JSX.Element {
  const params = useParams<{ group: string }>()
  const groups = useQuery(() => groupsQuery({ groupId: params.group, state: 'open' }))
  const group = () => (groups.isSuccess ? groups.data.groups[0] : undefined)
  const connection = createMemo((known: string) => group()?.connection ?? known, '')
  const map = createMemo<EditedMap>((known) => {
    const edited = editedOf(group()?.stage ?? '')
    return edited === undefined ? known : editedMaps[edited]
  }, editedMaps.products)
  const stored = useQuery(() => {
    const { queryKey, queryFn } = map().query(connection())
    // Keeps what somebody is editing.
    const once = { refetchOnWindowFocus: false, staleTime: Number.POSITIVE_INFINITY, gcTime: 0 } as const
    return { queryKey, queryFn, ...once, enabled: connection() !== '' }
  })
  const title = () => map().title(connection() || '…')
  usePageTitle(title)
  return (
    <Switch>
      <Match when={stored.isSuccess && stored.data}>
        {(document) => (
          // Another revision starts with another text.
          <Show when={`${document().id} ${document().revision}`} keyed>
            <Editor
              map={map()}
              title={title()}
              group={params.group}
              count={group()?.count ?? 0}
              isMappedBefore={isMappedBefore(group()?.stage ?? '')}
              stored={document()}
              onReload={() => void stored.refetch()}
            />
          </Show>
        )}
      </Match>
      <Match when={true}>
        <PageHead title={title()} back={{ href: `/problems/${params.group}`, text: texts.mapping.back }} />
        <Switch
          fallback={
            <div class="card">
              <Skeleton lines={8} tall />
            </div>
          }
        >
          <Match when={stored.isError || groups.isError}>
            <ProblemNote error={stored.error ?? groups.error} again={() => void stored.refetch()} />
          </Match>
          <Match when={groups.isSuccess && group() === undefined}>
            <p class="note">{texts.mapping.noRecords}</p>
          </Match>
        </Switch>
      </Match>
    </Switch>
  )
}

function Editor(props: {
  readonly map: EditedMap
  readonly title: string
  readonly group: string
  readonly count: number
  /** Its records were mapped before they failed: to use the new mapping, a retry maps them again. */
  readonly isMappedBefore: boolean
  readonly stored: StoredDocument
  readonly onReload: () => void
}): JSX.Element {
  const navigate = useNavigate()
  const may = useMay()
  const [retries, setRetries] = createSignal(may('operate'))
  const saved = () => {
    const choice = { groupId: props.group, state: 'open' } as const
    const target = { choice, count: props.count }
    if (retries()) void startRetry(props.group, { target, reason: null, remap: props.isMappedBefore })
    forgetWritten()
    navigate(`/problems/${props.group}`)
  }
  return (
    <MappingEditor
      title={props.title}
      back={{ href: `/problems/${props.group}`, text: texts.mapping.back }}
      map={props.map}
      stored={props.stored}
      tried={{ groupId: props.group, last: MOST_RECORDS }}
      previewTitle={texts.mapping.preview}
      preview={(preview) => <Preview preview={preview} />}
      extra={
        <label class="check">
          <input
            type="checkbox"
            checked={retries()}
            disabled={!may('operate')}
            onChange={(event) => setRetries(event.currentTarget.checked)}
          />
          <span>{texts.mapping.andRetry(props.count)}</span>
        </label>
      }
      chooses={[]}
      onSaved={saved}
      onReload={props.onReload}
    />
  )
}

function Preview(props: { readonly preview: MappingPreview }): JSX.Element {
  const counts = () => props.preview.counts
  const isGood = () => counts().passing === counts().entities
  return (
    <Show when={counts().entities > 0} fallback={<p class="mapping-note soft">{texts.mapping.noRecords}</p>}>
      <p class={`verdict-text mapping-note ${isGood() ? 'good' : 'warn'}`} role="status">
        <Icon name={isGood() ? 'check' : 'problems'} />
        <span>{texts.mapping.passes(counts().passing, counts().entities)}</span>
      </p>
      <ul class="mapping-records">
        <For each={props.preview.entities}>
          {(entity) => (
            <li class="mapping-record">
              <p>
                <strong>{entity.key}</strong>
              </p>
              <Show when={entity.before !== entity.after}>
                <p class="mapping-ending">
                  <del>{entity.before}</del>
                  <ins class={entity.after.startsWith('failed') ? 'bad' : 'good'}>{entity.after}</ins>
                </p>
              </Show>
              <FieldChanges changes={entity.changes} />
            </li>
          )}
        </For>
      </ul>
      <Show when={counts().changed < counts().entities}>
        <p class="mapping-note soft">{counts().changed === 0 ? texts.mapping.nothing : texts.mapping.unchanged}</p>
      </Show>
    </Show>
  )
}
