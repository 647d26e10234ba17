import './connections.css'
import { A } from '@solidjs/router'
import { For, type JSX, Match, Show, Switch } from 'solid-js'
import type { ConnectionStatus } from '../../api/answers.ts'
import { documentsQuery, type StoredDocument } from '../../api/documents.ts'
import { statusQuery } from '../../api/queries.ts'
import { useQuery } from '../../api/use-query.ts'
import type { CsvTable } from '../../csv.ts'
import { countText } from '../../format.ts'
import { useMay } from '../../may.ts'
import { CsvButton } from '../../parts/csv-button.tsx'
import { Parted } from '../../parts/parted.tsx'
import { Badge, Empty, PageHead } from '../../parts/parts.tsx'
import { TableHead } from '../../parts/table-head.tsx'
import { Unanswered } from '../../parts/unanswered.tsx'
import { texts } from '../../texts.ts'
import { usePageTitle } from '../../title.ts'

const columns = texts.connections.columns
const textOf = (value: unknown) => (typeof value === 'string' ? value : '')
const readsOf = ({ document }: StoredDocument) => (Array.isArray(document['reads']) ? document['reads'].length : 0)

/** The configuration: connections with their state, and the systems that they join. */
export function Connections(): JSX.Element {
  usePageTitle(() => texts.connections.title)
  return (
    <>
      <PageHead title={texts.connections.title} />
      <div class="stack">
        <Documents kind="connection" />
        <Documents kind="system" />
      </div>
    </>
  )
}

const tableOf = (kind: 'connection' | 'system'): CsvTable<StoredDocument> =>
  kind === 'connection'
    ? {
        columns: ['id', 'shop', 'vendor', 'reads', 'revision'],
        cellsOf: (one) => [
          one.id,
          textOf(one.document['shop']),
          textOf(one.document['vendor']),
          readsOf(one),
          one.revision,
        ],
      }
    : {
        columns: ['id', 'type', 'address', 'reads', 'revision'],
        cellsOf: (one) => [
          one.id,
          textOf(one.document['type']),
          textOf(one.document['address']),
          readsOf(one),
          one.revision,
        ],
      }

function Documents(props: { readonly kind: 'connection' | 'system' }): JSX.Element {
  const documents = useQuery(() => documentsQuery(props.kind))
  const may = useMay()
  const words = () =>
    props.kind === 'connection'
      ? { title: texts.connections.connections, none: texts.connections.none, lead: texts.connections.noneLead }
      : { title: texts.connections.systems, none: texts.connections.noSystems, lead: texts.connections.noSystemsLead }
  return (
    <section class="card" aria-labelledby={`${props.kind}s`}>
      <div class="card-head">
        <h2 id={`${props.kind}s`}>{words().title}</h2>
        <div class="filters">
          <CsvButton
            name={`${props.kind}s`}
            table={tableOf(props.kind)}
            load={async () => (documents.isSuccess ? documents.data.items : [])}
          />
          <Show when={may('configure')}>
            <A href={`/new/${props.kind}`} class="button primary">
              {texts.newDocument.titles[props.kind]}
            </A>
          </Show>
        </div>
      </div>
      <Switch>
        <Match when={documents.isSuccess && documents.data.items.length === 0}>
          <Empty icon="connections" title={words().none} lead={words().lead} />
        </Match>
        <Match when={documents.isSuccess && documents.data.items}>
          {(items) => (
            <Parted name={`${props.kind}s`} rows={items()}>
              {(shown) => (
                <Show when={props.kind === 'connection'} fallback={<SystemTable items={shown()} />}>
                  <ConnectionTable items={shown()} />
                </Show>
              )}
            </Parted>
          )}
        </Match>
        <Unanswered of={documents} lines={4} />
      </Switch>
    </section>
  )
}

function ConnectionTable(props: { readonly items: readonly StoredDocument[] }): JSX.Element {
  const status = useQuery(() => statusQuery({ seldom: true }))
  const statusOf = (id: string) =>
    status.isSuccess ? status.data.connections.find(({ connection }) => connection === id) : undefined
  return (
    <table class="table documents">
      <TableHead
        columns={[
          columns.connection,
          [columns.shop, 'wide'],
          [columns.vendor, 'wide'],
          columns.state,
          [columns.reads, 'number wide'],
          [columns.revision, 'number wide'],
        ]}
      />
      <tbody>
        <For each={props.items}>
          {(one) => (
            <tr class="link">
              <td>
                <A href={`/connections/${encodeURIComponent(one.id)}`} class="row-link">
                  {one.id}
                </A>
              </td>
              <td class="wide soft">{textOf(one.document['shop'])}</td>
              <td class="wide soft">{textOf(one.document['vendor'])}</td>
              <td>
                <ConnectionState isOff={one.document['enabled'] === false} status={statusOf(one.id)} />
              </td>
              <td class="number wide">{countText(readsOf(one))}</td>
              <td class="number wide">{one.revision}</td>
            </tr>
          )}
        </For>
      </tbody>
    </table>
  )
}

function ConnectionState(props: {
  readonly isOff: boolean
  readonly status: ConnectionStatus | undefined
}): JSX.Element {
  const failed = () => props.status?.failures.reduce((sum, { count }) => sum + count, 0) ?? 0
  return (
    <Switch>
      <Match when={props.isOff}>
        <Badge tone="idle">{texts.connections.off}</Badge>
      </Match>
      <Match when={props.status !== undefined && props.status.paused.length > 0}>
        <Badge tone="warn">{texts.connections.held}</Badge>
      </Match>
      <Match when={failed() > 0}>
        <Badge tone="bad">{texts.connections.failed(countText(failed()))}</Badge>
      </Match>
      <Match when={props.status !== undefined}>
        <Badge tone="good">{texts.connections.works}</Badge>
      </Match>
    </Switch>
  )
}

function SystemTable(props: { readonly items: readonly StoredDocument[] }): JSX.Element {
  return (
    <table class="table documents">
      <TableHead
        columns={[
          columns.system,
          columns.type,
          [columns.address, 'wide'],
          [columns.reads, 'number wide'],
          [columns.revision, 'number wide'],
        ]}
      />
      <tbody>
        <For each={props.items}>
          {(one) => (
            <tr class="link">
              <td>
                <A href={`/systems/${encodeURIComponent(one.id)}`} class="row-link">
                  {one.id}
                </A>
              </td>
              <td class="soft">{textOf(one.document['type'])}</td>
              <td class="wide soft document-address">{textOf(one.document['address'])}</td>
              <td class="number wide">{countText(readsOf(one))}</td>
              <td class="number wide">{one.revision}</td>
            </tr>
          )}
        </For>
      </tbody>
    </table>
  )
}
