import './products.css'
import { useParams } from '@solidjs/router'
import { For, type JSX, Match, Show, Switch } from 'solid-js'
import type { AttributeRule, FeedRow, StagedEvent } from '../../api/answers.ts'
import { feedRowQuery, rulesQuery } from '../../api/queries.ts'
import { useQuery } from '../../api/use-query.ts'
import { countText } from '../../format.ts'
import { useMay } from '../../may.ts'
import { Empty, JsonView, PageHead, ProblemNote, Skeleton, StateBadge } from '../../parts/parts.tsx'
import { Ago, Time } from '../../parts/when.tsx'
import { texts } from '../../texts.ts'
import { usePageTitle } from '../../title.ts'
import { feedEntities } from './feed-entities.ts'
import { ProductHistory } from './history.tsx'
import { fieldsOf, originsOf } from './origins.ts'
import { Prices } from './prices.tsx'
import { Pulls } from './pulls.tsx'
import { Stock } from './stock.tsx'
import { StockChart } from './stock-chart.tsx'

const own = texts.productPage

/** One SKU of a connection: its row in each feed, and the origin of each value. */
export function ProductPage(): JSX.Element {
  const params = useParams<{ connection: string; sku: string }>()
  const sku = () => decodeURIComponent(params.sku)
  const connection = () => decodeURIComponent(params.connection)
  usePageTitle(sku)
  const rows = feedEntities.map((entity) =>
    useQuery(() => feedRowQuery({ connection: connection(), entity, sku: sku(), isPlace: false })),
  )
  const stamp = () =>
    rows
      .flatMap((of) => (of.isSuccess ? of.data.items : []))
      .map((row) => row.event_id)
      .join(' ')
  return (
    <>
      <PageHead
        title={sku()}
        back={{ href: '/products', text: texts.products.title }}
        beside={<span class="soft">{connection()}</span>}
      />
      <div class="stack">
        <For each={feedEntities}>{(entity) => <FeedCard entity={entity} connection={connection()} sku={sku()} />}</For>
        <Pulls connection={connection()} sku={sku()} stamp={stamp()} />
        <ProductHistory connection={connection()} sku={sku()} stamp={stamp()} />
      </div>
    </>
  )
}

function FeedCard(props: {
  readonly entity: (typeof feedEntities)[number]
  readonly connection: string
  readonly sku: string
}): JSX.Element {
  const rows = useQuery(() =>
    feedRowQuery({ connection: props.connection, entity: props.entity, sku: props.sku, isPlace: false }),
  )
  return (
    <section class="card" aria-labelledby={`feed-${props.entity}`}>
      <Switch>
        <Match when={rows.isSuccess && rows.data.items.length > 0 && rows.data.items}>
          {(items) => <For each={items()}>{(row) => <Row row={row} {...props} />}</For>}
        </Match>
        <Match when={rows.isSuccess}>
          <Head entity={props.entity} />
          <Empty icon={props.entity} title={own.none[props.entity]} lead={own.noneLead} />
        </Match>
        <Match when={rows.isError}>
          <Head entity={props.entity} />
          <ProblemNote error={rows.error} again={() => void rows.refetch()} />
        </Match>
        <Match when={rows.isPending}>
          <Head entity={props.entity} />
          <Skeleton lines={4} />
        </Match>
      </Switch>
    </section>
  )
}

function Head(props: { readonly entity: string; readonly children?: JSX.Element }): JSX.Element {
  return (
    <div class="card-head">
      <h2 id={`feed-${props.entity}`}>{texts.entities[props.entity]}</h2>
      {props.children}
    </div>
  )
}

function Row(props: {
  readonly row: FeedRow
  readonly entity: (typeof feedEntities)[number]
  readonly connection: string
  readonly sku: string
}): JSX.Element {
  const mapped = () => dataOf(props.row.as_mapped)
  const read = () => dataOf(props.row.as_read)
  return (
    <>
      <Head entity={props.entity}>
        <StateBadge state={props.row.status} />
        <span class="soft product-when">
          {props.row.source} · <Ago at={props.row.updated_at} />
        </span>
      </Head>
      <Show when={props.row.answer.message}>
        {(message) => (
          <p class="product-says" data-tone={props.row.status === 'failed' ? 'bad' : 'idle'}>
            {message()}
          </p>
        )}
      </Show>
      <Show when={mapped()} fallback={<p class="product-says soft">{props.row.as_mapped?.problem ?? own.notMapped}</p>}>
        {(data) => (
          <Switch>
            <Match when={props.entity === 'products'}>
              <Attributes mapped={data()} read={read() ?? {}} connection={props.connection} />
            </Match>
            <Match when={props.entity === 'inventory'}>
              <Stock mapped={data()} served={props.row.as_served} />
              <StockChart
                connection={props.connection}
                sku={props.sku}
                source={props.row.source}
                stamp={props.row.event_id}
              />
            </Match>
            <Match when={props.entity === 'prices'}>
              <Prices data={data()} />
            </Match>
            <Match when={props.entity === 'images'}>
              <Pictures data={data()} />
            </Match>
          </Switch>
        )}
      </Show>
      <details class="product-events">
        <summary>{own.events}</summary>
        <p class="soft">
          {own.read} <Time at={props.row.read_at} />
          <Show when={props.row.occurred_at}>
            {(at) => (
              <>
                {' · '}
                {own.changed} <Time at={at()} />
              </>
            )}
          </Show>
          {' · '}
          {own.event} <span class="mono">{props.row.event_id}</span>
        </p>
        <For
          each={[
            { title: texts.order.asRead, of: props.row.as_read },
            { title: own.asMapped, of: props.row.as_mapped },
          ]}
        >
          {({ title, of }) => (
            <div>
              <h3>{title}</h3>
              <Show when={of?.event} fallback={<p class="soft">{of?.problem ?? texts.order.noPayload}</p>}>
                {(event) => <JsonView value={event()} />}
              </Show>
            </div>
          )}
        </For>
      </details>
    </>
  )
}

type Fields = Readonly<Record<string, unknown>>

/** Null: the event is missing or has no data. */
function dataOf(event: StagedEvent | null): Fields | null {
  const data = fieldsOf(event?.event)['data']
  return typeof data === 'object' && data !== null ? fieldsOf(data) : null
}

/**
 * Each attribute with its rule and the rule's source value; rules are configuration, shown only to callers that may see
 * it.
 */
function Attributes(props: {
  readonly mapped: Fields
  readonly read: Fields
  readonly connection: string
}): JSX.Element {
  const may = useMay()
  const metadata = useQuery(() => rulesQuery(props.connection, may('configure')))
  const rules = (): readonly AttributeRule[] => (metadata.isSuccess ? metadata.data.attributes : [])
  const hasRules = () => rules().length > 0
  return (
    <>
      <table class="table origins">
        <thead>
          <tr>
            <th>{own.columns.attribute}</th>
            <th>{own.columns.value}</th>
            <Show when={hasRules()}>
              <th class="wide">{own.columns.rule}</th>
              <th class="wide">{own.columns.source}</th>
            </Show>
          </tr>
        </thead>
        <tbody>
          <For each={originsOf(props.mapped, props.read, rules())}>
            {(origin) => (
              <tr>
                <th scope="row">{origin.attribute}</th>
                <td class="origin-value">{origin.value ?? <span class="faint">{own.nothing}</span>}</td>
                <Show when={hasRules()}>
                  <td class="wide soft">
                    <Show when={origin.rule} fallback={own.noRule}>
                      {(rule) => <Rule rule={rule()} />}
                    </Show>
                  </td>
                  <td class="wide soft origin-value">{origin.source ?? '–'}</td>
                </Show>
              </tr>
            )}
          </For>
        </tbody>
      </table>
      <Show when={!may('configure')}>
        <p class="product-says soft">{own.rulesHidden}</p>
      </Show>
    </>
  )
}

function Rule(props: { readonly rule: AttributeRule }): JSX.Element {
  const rule = () => props.rule
  return (
    <>
      <code>
        {rule().expression ?? rule().from ?? (rule().constant === null ? '' : JSON.stringify(rule().constant))}
      </code>
      <Show when={rule().lookup}>{(lookup) => ` ${own.lookup(Object.keys(lookup()).length)}`}</Show>
      <Show when={rule().type && rule().type !== 'string'}> {own.as(rule().type ?? '')}</Show>
    </>
  )
}

const roles = ['image', 'smallImage', 'thumbnail', 'swatchImage'] as const

/** The browser loads them from the vendor's server, without a referrer of this page. */
function Pictures(props: { readonly data: Fields }): JSX.Element {
  const pictures = () => {
    const gallery = Array.isArray(props.data['gallery']) ? props.data['gallery'].map(fieldsOf) : []
    return gallery.map((one) => {
      const url = String(one['url'])
      const uses = roles.filter((role) => props.data[role] === url).map((role) => own.roles[role])
      return { url, uses, label: typeof one['label'] === 'string' ? one['label'] : null, type: one['mediaType'] }
    })
  }
  return (
    <Show when={pictures().length > 0} fallback={<p class="product-says soft">{own.noPictures}</p>}>
      <ul class="pictures" aria-label={own.pictures(countText(pictures().length))}>
        <For each={pictures()}>
          {(picture) => (
            <li>
              <span class="picture">
                <Show
                  when={picture.type === 'image' && picture.url.startsWith('https://')}
                  fallback={<span class="soft">{own.notShown}</span>}
                >
                  <img src={picture.url} alt={picture.label ?? ''} loading="lazy" referrerpolicy="no-referrer" />
                </Show>
              </span>
              <span class="clip soft" title={picture.url}>
                {picture.url.split('/').at(-1)}
              </span>
              <span class="picture-uses">{picture.uses.join(', ')}</span>
            </li>
          )}
        </For>
      </ul>
    </Show>
  )
}
