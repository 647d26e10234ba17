import './connections.css'
import { A, useNavigate, useParams, useSearchParams } from '@solidjs/router'
import { createMemo, createSignal, type JSX, Match, Show, Switch } from 'solid-js'
import {
  type Content,
  type DocumentKind,
  documentQuery,
  documentsQuery,
  pageOf,
  schemaQuery,
} from '../../api/documents.ts'
import { useQuery } from '../../api/use-query.ts'
import { useMay } from '../../may.ts'
import { Empty, PageHead } from '../../parts/parts.tsx'
import { Unanswered } from '../../parts/unanswered.tsx'
import { NotFound } from '../../shell/not-found.tsx'
import { texts } from '../../texts.ts'
import { usePageTitle } from '../../title.ts'
import { forgetWritten } from '../../unsaved.ts'
import { Editor } from './document.tsx'
import { NewForm } from './new-form.tsx'
import type { Schema } from './schema-fields.ts'
import { connectionBetween, copyOf, systemOfType, usualRules } from './templates.ts'

const words = texts.newDocument
const kinds: readonly DocumentKind[] = ['system', 'connection', 'product-metadata']

/** Id and template of a new document, as given in the address. */
interface Begun extends Record<string, string> {
  readonly id: string
  readonly from: string
  readonly shop: string
  readonly vendor: string
  readonly as: string
}

/** A document that does not exist yet: first its id and template, then its content. */
export function NewDocument(): JSX.Element {
  const params = useParams<{ kind: string }>()
  const kind = () => kinds.find((one) => one === params.kind)
  return (
    <Show when={kind()} keyed fallback={<NotFound />}>
      {(known) => <NewPage kind={known} />}
    </Show>
  )
}

function NewPage(props: { readonly kind: DocumentKind }): JSX.Element {
  const [search, setSearch] = useSearchParams<Begun>()
  const may = useMay()
  const title = () => words.titles[props.kind]
  usePageTitle(title)
  return (
    <>
      <PageHead
        title={title()}
        back={{ href: '/connections', text: texts.document.back }}
        lead={search.id ?? words.leads[props.kind]}
        actions={
          <Show when={search.id}>
            <A href={`/new/${props.kind}`} class="button">
              {words.again}
            </A>
          </Show>
        }
      />
      <Switch fallback={<NewForm kind={props.kind} onBegin={(begun) => setSearch(begun)} />}>
        <Match when={!may('configure')}>
          <section class="card">
            <Empty icon="connections" title={words.only} lead={texts.document.mayNot} />
          </section>
        </Match>
        <Match when={search.id}>{(id) => <Begin kind={props.kind} id={id()} />}</Match>
      </Switch>
    </>
  )
}

/** The editor, once everything that the document begins with is loaded. */
function Begin(props: { readonly kind: DocumentKind; readonly id: string }): JSX.Element {
  const [search, setSearch] = useSearchParams<Begun>()
  const navigate = useNavigate()
  const [today] = createSignal(`${new Date().toISOString().slice(0, 10)}T00:00:00Z`)
  const from = () => search.from ?? ''
  const copied = () => (from().startsWith('copy:') ? from().slice('copy:'.length) : null)
  const schema = useQuery(schemaQuery)
  const systems = useQuery(() => documentsQuery('system'))
  const original = useQuery(() => ({
    ...documentQuery(props.kind, copied() ?? ''),
    enabled: copied() !== null,
  }))
  const document = createMemo((): Content | null => {
    if (copied() !== null) return original.isSuccess ? copyOf(original.data, props.id) : null
    if (from() === 'empty') return {}
    if (props.kind === 'product-metadata') return usualRules
    if (props.kind === 'system') {
      const of = schema.isSuccess ? (schema.data as Schema).definitions?.['system'] : undefined
      return of === undefined ? null : systemOfType(of, { id: props.id, type: from(), from: today() })
    }
    if (!systems.isSuccess) return null
    const [shop, vendor] = [search.shop, search.vendor].map((id) => systems.data.items.find((one) => one.id === id))
    return shop === undefined || vendor === undefined ? {} : connectionBetween(shop, vendor)
  })
  return (
    <Switch>
      <Match when={document()}>
        {(begun) => (
          <div class="stack">
            <Show when={props.kind === 'connection'}>
              <p class="soft">
                {words.metadataFirst}{' '}
                <A href={`/new/product-metadata?id=${encodeURIComponent(props.id)}`} class="text">
                  {words.metadataWay}
                </A>
              </p>
            </Show>
            <Editor
              kind={props.kind}
              base={{ id: props.id, revision: null, document: begun() }}
              begin={null}
              isYaml={search.as === 'yaml'}
              choose={(as) => setSearch({ as: as === 'form' ? null : as })}
              reload={() => {
                // Created, or stored as a draft next to the existing one.
                forgetWritten()
                navigate(pageOf(props.kind, props.id))
              }}
            />
          </div>
        )}
      </Match>
      <Unanswered of={copied() === null ? systems : original} lines={6} />
    </Switch>
  )
}
