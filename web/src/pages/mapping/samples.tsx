import { A, useParams, useSearchParams } from '@solidjs/router'
import { createEffect, createSignal, For, type JSX, Match, on, Show, Switch } from 'solid-js'
import type { MappingPreview, MappingSample } from '../../api/answers.ts'
import { isMissing } from '../../api/ask.ts'
import { documentQuery } from '../../api/documents.ts'
import { metadataQuery } from '../../api/queries.ts'
import { useQuery } from '../../api/use-query.ts'
import { Icon } from '../../parts/icons.tsx'
import { Badge, Empty, JsonView, PageHead } from '../../parts/parts.tsx'
import { TableHead } from '../../parts/table-head.tsx'
import { Unanswered } from '../../parts/unanswered.tsx'
import { texts } from '../../texts.ts'
import { usePageTitle } from '../../title.ts'
import { editedMaps } from './edited-map.ts'
import { type EditedMapping, MappingEditor } from './editor.tsx'
import { SampleStock } from './sample-stock.tsx'

const own = texts.samples
const NEWEST = 5

/** The mapping of a connection, edited next to the result of each rule for any product: current and as written. */
export function SamplesPage(): JSX.Element {
  const params = useParams<{ id: string }>()
  const id = () => decodeURIComponent(params.id)
  const stored = useQuery(() => metadataQuery(id()))
  const title = () => texts.mapping.title(id())
  const back = () => ({ href: `/connections/${encodeURIComponent(id())}/metadata`, text: own.back })
  usePageTitle(title)
  const isNone = () => isMissing(stored.error)
  // Rules may exist before their connection; new ones are only begun for an existing connection.
  const connection = useQuery(() => ({ ...documentQuery('connection', id()), enabled: isNone() }))
  const edited = (): EditedMapping | null => {
    if (stored.isSuccess) return stored.data
    return isNone() && connection.isSuccess ? { id: id(), revision: null, document: { attributes: [] } } : null
  }
  return (
    <Switch>
      <Match when={edited()}>
        {(mapping) => (
          // Another revision starts with another text.
          <Show when={`${mapping().id} ${mapping().revision}`} keyed>
            <Samples title={title()} back={back()} stored={mapping()} onReload={() => void stored.refetch()} />
          </Show>
        )}
      </Match>
      <Match when={true}>
        <PageHead title={title()} back={back()} />
        <Switch>
          <Match when={isNone() && isMissing(connection.error)}>
            <div class="card">
              <Empty icon="connections" title={own.noConnection(id())} lead={texts.notFound.lead}>
                <A href="/connections" class="button">
                  {own.toConnections}
                </A>
              </Empty>
            </div>
          </Match>
          <Unanswered of={isNone() ? connection : stored} lines={8} framed />
        </Switch>
      </Match>
    </Switch>
  )
}

function Samples(props: {
  readonly title: string
  readonly back: { readonly href: string; readonly text: string }
  readonly stored: EditedMapping
  readonly onReload: () => void
}): JSX.Element {
  const [search] = useSearchParams<{ sku: string }>()
  const skus = () =>
    (search.sku ?? '')
      .split(',')
      .map((sku) => sku.trim())
      .filter((sku) => sku !== '')
  const tried = () => ({ explain: true, ...(skus().length > 0 ? { keys: skus().slice(0, 10) } : { last: NEWEST }) })
  return (
    <MappingEditor
      title={props.title}
      back={props.back}
      map={editedMaps.products}
      stored={props.stored}
      tried={tried()}
      previewTitle={skus().length > 0 ? own.chosen : own.newest}
      choice={<Choice />}
      preview={(preview) => <SampleList preview={preview} skus={skus()} />}
      chooses={['sku']}
      onSaved={props.onReload}
      onReload={props.onReload}
    />
  )
}

/** Which products: SKUs, or the last ones read. */
function Choice(): JSX.Element {
  const [search, setSearch] = useSearchParams<{ sku: string }>()
  const [given, setGiven] = createSignal(search.sku ?? '')
  createEffect(
    on(
      () => search.sku,
      (sku) => setGiven(sku ?? ''),
    ),
  )
  return (
    <search class="sample-choice">
      <form
        class="finder"
        onSubmit={(event) => {
          event.preventDefault()
          setSearch({ sku: given().trim() || null })
        }}
      >
        <label class="search">
          <span class="unseen">{own.sku}</span>
          <Icon name="search" size={14} />
          <input
            type="search"
            class="input"
            placeholder={own.skuHint}
            value={given()}
            onInput={(event) => setGiven(event.currentTarget.value)}
          />
        </label>
        <button type="submit" class="button">
          {own.choose}
        </button>
        <Show when={search.sku}>
          <button type="button" class="button" onClick={() => setSearch({ sku: null })}>
            {own.toNewest}
          </button>
        </Show>
      </form>
    </search>
  )
}

function SampleList(props: { readonly preview: MappingPreview; readonly skus: readonly string[] }): JSX.Element {
  const samples = () => props.preview.samples ?? []
  const missing = () => props.skus.filter((sku) => !samples().some(({ key }) => key === sku))
  return (
    <>
      <Show when={missing().length > 0}>
        <p class="mapping-note warn" role="status">
          {own.missing(missing().join(', '))}
        </p>
      </Show>
      <Show when={samples().length === 0 && props.skus.length === 0}>
        <p class="mapping-note soft">{own.none}</p>
      </Show>
      <For each={samples()}>{(sample) => <Sample sample={sample} />}</For>
    </>
  )
}

type Rule = MappingSample['rules'][number]

function Sample(props: { readonly sample: MappingSample }): JSX.Element {
  const failed = () => props.sample.after.startsWith('failed')
  const changed = () => props.sample.rules.filter((rule) => stateOf(rule) !== 'same').length
  return (
    <article class="sample" aria-label={props.sample.key}>
      <p class="sample-head">
        <strong>{props.sample.key}</strong>
        <span class="soft">{props.sample.source}</span>
        <Badge tone={failed() ? 'bad' : 'good'}>{failed() ? own.fails : endingText(props.sample.after)}</Badge>
        <span class="soft">{own.changed(changed())}</span>
      </p>
      <Show when={failed() && !props.sample.rules.some(({ after }) => after !== null && after.failure !== null)}>
        <p class="sample-ending">{props.sample.after}</p>
      </Show>
      <div class="table-scroll">
        <table class="table sample-rules">
          <TableHead
            columns={[own.columns.attribute, [own.columns.reads, 'wide'], own.columns.before, own.columns.after]}
          />
          <tbody>
            <For each={props.sample.rules}>
              {(rule) => (
                <tr data-state={stateOf(rule)}>
                  <th scope="row">{rule.attribute}</th>
                  <td class="soft wide">
                    <span class="sample-reads">
                      <For each={rule.reads}>
                        {(read) => (
                          <span>
                            <code>{read.field}</code> {valueText(read.value)}
                          </span>
                        )}
                      </For>
                    </span>
                  </td>
                  <td>
                    <Outcome of={rule.before} />
                  </td>
                  <td>
                    <Show when={stateOf(rule) === 'same'} fallback={<Outcome of={rule.after} isNew />}>
                      <span class="faint">{own.same}</span>
                    </Show>
                  </td>
                </tr>
              )}
            </For>
          </tbody>
        </table>
      </div>
      <For each={props.sample.stock ?? []}>
        {({ source, after }) => <Show when={after}>{(stock) => <SampleStock source={source} stock={stock()} />}</Show>}
      </For>
      <details>
        <summary>{own.read}</summary>
        <JsonView value={props.sample.read} />
      </details>
    </article>
  )
}

function Outcome(props: { readonly of: Rule['after']; readonly isNew?: boolean }): JSX.Element {
  return (
    <Show when={props.of} fallback={<span class="faint">{own.noRule}</span>}>
      {(outcome) => (
        <Show when={outcome().failure} fallback={<Value of={outcome().value} isNew={props.isNew ?? false} />}>
          {(failure) => <span class="bad">{failure()}</span>}
        </Show>
      )}
    </Show>
  )
}

function Value(props: { readonly of: unknown; readonly isNew: boolean }): JSX.Element {
  return (
    <Show when={props.isNew} fallback={<span>{valueText(props.of)}</span>}>
      <ins>{valueText(props.of)}</ins>
    </Show>
  )
}

function stateOf({ before, after }: Rule): 'same' | 'changed' | 'failed' {
  if (after !== null && after.failure !== null) return 'failed'
  return JSON.stringify(before) === JSON.stringify(after) ? 'same' : 'changed'
}

function endingText(ending: string): string {
  return own.endings[ending] ?? ending
}

function valueText(value: unknown): string {
  if (value === null || value === undefined) return texts.mapping.none
  return typeof value === 'string' ? value : JSON.stringify(value)
}
