import './products.css'
import { A, useNavigate, useSearchParams } from '@solidjs/router'
import { useMutation } from '@tanstack/solid-query'
import { createEffect, createMemo, createSignal, For, type JSX, Match, on, Show, Switch } from 'solid-js'
import type { StagedOrder } from '../../api/answers.ts'
import { placesWith } from '../../api/places-with.ts'
import { client, feedRowQuery, feedRowsQuery, statusQuery } from '../../api/queries.ts'
import { useQuery } from '../../api/use-query.ts'
import type { CsvTable } from '../../csv.ts'
import { entityText } from '../../format.ts'
import { allRows, CsvButton } from '../../parts/csv-button.tsx'
import { FinderForm, FoundPlaces } from '../../parts/finder.tsx'
import { Pager } from '../../parts/pager.tsx'
import { Empty, PageHead, ProblemNote, Skeleton, StateBadge } from '../../parts/parts.tsx'
import { Select } from '../../parts/select.tsx'
import { TableHead } from '../../parts/table-head.tsx'
import { Ago } from '../../parts/when.tsx'
import { texts } from '../../texts.ts'
import { usePageTitle } from '../../title.ts'
import { feedEntities } from './feed-entities.ts'
import { productPath } from './product-path.ts'

const rowTable: CsvTable<StagedOrder> = {
  columns: ['sku', 'source', 'state', 'stage', 'code', 'message', 'changed_at'],
  cellsOf: ({ key, source, status, stage, answer, updated_at }) => [
    key,
    source,
    status,
    stage,
    answer.code,
    answer.message,
    updated_at,
  ],
}

/** Finds a SKU, and lists the last changed ones of a connection. */
export function Products(): JSX.Element {
  usePageTitle(() => texts.products.title)
  return (
    <>
      <PageHead title={texts.products.title} />
      <div class="stack">
        <Finder />
        <Latest />
      </div>
    </>
  )
}

/** Asks every visible connection. */
function Finder(): JSX.Element {
  const [search, setSearch] = useSearchParams<{ sku: string }>()
  const [given, setGiven] = createSignal(search.sku ?? '')
  const navigate = useNavigate()
  const found = useMutation(() => ({
    mutationFn: connectionsWith,
    onSuccess: (connections: readonly string[], sku: string) => {
      const [only, ...others] = connections
      if (only !== undefined && others.length === 0) navigate(productPath(only, sku), { replace: true })
    },
  }))
  createEffect(
    on(
      () => search.sku,
      (sku) => {
        setGiven(sku ?? '')
        if (sku) found.mutate(sku)
        else found.reset()
      },
    ),
  )
  const find = (sku: string) => {
    if (sku === search.sku) found.mutate(sku)
    else setSearch({ sku: sku || null })
  }
  return (
    <search>
      <FinderForm
        name={texts.products.find}
        hint={`${texts.products.find} · ${texts.products.findHint}`}
        value={given()}
        onInput={setGiven}
        onFind={find}
        isSearching={found.isPending}
      />
      <FoundPlaces found={found} icon="overview" pathOf={productPath} words={texts.products} />
    </search>
  )
}

async function connectionsWith(sku: string): Promise<readonly string[]> {
  const { connections } = await client.fetchQuery(statusQuery())
  return await placesWith(
    connections.map(({ connection }) => connection),
    async (connection) => {
      for (const entity of feedEntities) {
        const { items } = await client.fetchQuery(feedRowQuery({ connection, entity, sku, isPlace: true }))
        if (items.length > 0) return true
      }
      return false
    },
  )
}

function Latest(): JSX.Element {
  const [search, setSearch] = useSearchParams<{ connection: string; entity: string; cursor: string }>()
  const status = useQuery(() => statusQuery({ seldom: true }))
  const connections = createMemo(() => (status.isSuccess ? status.data.connections.map((one) => one.connection) : []))
  const connection = () => search.connection ?? connections()[0] ?? ''
  const entity = () => search.entity ?? feedEntities[0]
  const rows = useQuery(() =>
    feedRowsQuery({ connection: connection(), entity: entity(), cursor: search.cursor ?? '' }),
  )
  return (
    <section aria-labelledby="latest">
      <div class="section-head">
        <h2 id="latest">{texts.products.recent}</h2>
        <div class="filters push">
          <Show when={connection() !== ''}>
            <Select
              label={texts.products.connection}
              value={connection()}
              options={connections().map((one) => ({ value: one, text: one }))}
              onChange={(value) => setSearch({ connection: value, cursor: null })}
            />
            <Select
              label={texts.products.feed}
              value={entity()}
              options={feedEntities.map((one) => ({ value: one, text: entityText(one) }))}
              onChange={(value) => setSearch({ entity: value, cursor: null })}
            />
            <CsvButton
              name={`${entity()}-${connection()}`}
              table={rowTable}
              load={() =>
                allRows<StagedOrder>(
                  `/v1/frontend/${encodeURIComponent(connection())}/${encodeURIComponent(entity())}`,
                  { payloads: 'places', limit: 200 },
                )
              }
            />
          </Show>
        </div>
      </div>
      <div class="card">
        <Switch fallback={<Skeleton lines={6} tall />}>
          <Match when={rows.isError}>
            <ProblemNote error={rows.error} again={() => void rows.refetch()} />
          </Match>
          <Match when={status.isError && connection() === ''}>
            <ProblemNote error={status.error} again={() => void status.refetch()} />
          </Match>
          <Match when={status.isSuccess && connection() === ''}>
            <Empty icon="overview" title={texts.overview.noneTitle} lead={texts.overview.noneLead} />
          </Match>
          <Match when={rows.isSuccess && rows.data.items.length === 0 && rows.data.cursor === null}>
            <Empty icon="products" title={texts.products.noneTitle} lead={texts.products.noneLead} />
          </Match>
          <Match when={rows.isSuccess && rows.data}>
            {(page) => (
              <>
                <RowTable rows={page().items} connection={connection()} />
                <Pager cursor={page().cursor} isFirst={!search.cursor} onPage={(cursor) => setSearch({ cursor })} />
              </>
            )}
          </Match>
        </Switch>
      </div>
    </section>
  )
}

function RowTable(props: { readonly rows: readonly StagedOrder[]; readonly connection: string }): JSX.Element {
  const columns = texts.products.columns
  return (
    <table class="table product-rows">
      <TableHead
        columns={[
          columns.sku,
          columns.state,
          [columns.source, 'wide'],
          [columns.message, 'wide'],
          [columns.at, 'number'],
        ]}
      />
      <tbody>
        <For each={props.rows}>
          {(row) => (
            <tr class="link">
              <td class="product-sku">
                <A href={productPath(props.connection, row.key)} class="row-link">
                  {row.key}
                </A>
              </td>
              <td>
                <StateBadge state={row.status} />
              </td>
              <td class="wide soft">{row.source}</td>
              <td class="wide soft product-message">
                <span class="clip">{row.answer.message ?? row.answer.code ?? ''}</span>
              </td>
              <td class="number soft">
                <Ago at={row.updated_at} />
              </td>
            </tr>
          )}
        </For>
      </tbody>
    </table>
  )
}
