import { keepPreviousData, MutationCache, QueryClient } from '@tanstack/solid-query'
import type {
  AttributeRule,
  Caller,
  DemoScenario,
  FeedRow,
  Figures,
  FiledAnswer,
  FoundOrder,
  GroupMoney,
  Groups,
  HeldOrder,
  HistoryPage,
  IssuedShare,
  LetterQuery,
  ListedLetter,
  OrderTimeline,
  Page,
  ParkedRecord,
  Pauses,
  PullOfRow,
  ReadStatus,
  Rebuild,
  RebuildPreview,
  Replay,
  ReplayOutcome,
  RetryVerdict,
  RowChange,
  ShareStatus,
  ShownLetter,
  StagedOrder,
  Status,
  StepEvents,
  StoredDocument,
  Task,
  TaskEntity,
} from './answers.ts'
import { ApiProblem, ask, isMissing, queryText } from './ask.ts'
import { keptRows } from './kept-rows.ts'
import { isToldOfChanges } from './live-state.ts'

/** How often a visible page refetches. A page in the background fetches nothing. */
const OFTEN_MS = 5_000
const SELDOM_MS = 15_000
/** For values that count up visibly. */
const RUNNING_MS = 1_500
/** Seldom, because orders are read for it. */
const MONEY_MS = 60_000
const FIGURES_MS = 60_000
/** Refetched even while changes are streamed: rows may be written after their change was reported. */
const WHILE_LIVE_MS = 30_000

const unlessLive = (ms: number) => () => (isToldOfChanges() ? WHILE_LIVE_MS : ms)

/** Documents that somebody may be editing are refetched only at their own request. */
const WRITTEN_ON = ['document', 'metadata']

export const isWrittenOn = ({ queryKey }: { readonly queryKey: readonly unknown[] }): boolean =>
  WRITTEN_ON.includes(String(queryKey[0]))

/** Somebody else changed or removed it: the page shows old data. */
function isOutdated(error: unknown): boolean {
  return error instanceof ApiProblem && (error.status === 409 || error.status === 404)
}

export const client: QueryClient = new QueryClient({
  mutationCache: new MutationCache({
    async onError(error) {
      if (!isOutdated(error)) return
      await client.invalidateQueries({ predicate: (query) => !isWrittenOn(query) })
    },
  }),
  defaultOptions: {
    queries: {
      // A wrong request stays wrong; an unreachable API is asked again by the interval.
      retry: (count, error) => count < 2 && error instanceof ApiProblem && error.status >= 500,
      staleTime: 2_000,
      refetchOnWindowFocus: true,
      reconcile: keptRows,
      // An offline browser fails like any other, and the page says so.
      networkMode: 'always',
    },
    // A failed action is not repeated later, when nobody expects it any more.
    mutations: { networkMode: 'always' },
  },
})

interface Context {
  readonly signal: AbortSignal
}

export const callerQuery = () => ({
  queryKey: ['caller'],
  queryFn: ({ signal }: Context) => ask<Caller>('/v1/caller', { signal }),
  staleTime: 60_000,
})

/** `seldom`: for figures on every page, because counting is expensive. */
export const statusQuery = ({ seldom = false } = {}) => ({
  queryKey: ['status'],
  queryFn: ({ signal }: Context) => ask<Status>('/v1/status', { signal }),
  refetchInterval: unlessLive(seldom ? SELDOM_MS : OFTEN_MS),
})

/** `from`: in parts of five minutes from then on; null: of a day. */
export const figuresQuery = (connection: string, from: string | null = null) => ({
  queryKey: ['figures', connection, from],
  queryFn: ({ signal }: Context) => {
    const query = queryText({ connection, from, minutes: from === null ? 15 : 5 })
    return ask<Figures>(`/v1/figures${query}`, { signal })
  },
  placeholderData: keepPreviousData,
  refetchInterval: FIGURES_MS,
})

export const orderQuery = (source: string, number: string) => ({
  queryKey: ['order', source, number],
  queryFn: ({ signal }: Context) => ask<OrderTimeline>(orderPath(source, number), { signal }),
  // A new order arrives with the next read.
  refetchInterval: ({ state }: { readonly state: { readonly error: Error | null } }) =>
    isMissing(state.error) ? RUNNING_MS : unlessLive(OFTEN_MS)(),
})

/** Orders that somebody holds. */
export const orderHoldsQuery = (connection: string, cursor: string) => ({
  queryKey: ['order-holds', connection, cursor],
  queryFn: ({ signal }: Context) =>
    ask<Page<HeldOrder>>(`/v1/order-holds${queryText({ connection, cursor, limit: 50 })}`, { signal }),
  placeholderData: keepPreviousData,
  refetchInterval: unlessLive(SELDOM_MS),
})

export const sharesQuery = (source: string, number: string) => ({
  queryKey: ['shares', source, number],
  queryFn: ({ signal }: Context) =>
    ask<{ readonly items: readonly ShareStatus[] }>(`${orderPath(source, number)}/shares`, { signal }),
})

export const createShare = (of: OfOrder, wanted: { readonly connection: string; readonly days: number }) =>
  ask<IssuedShare>(`${orderPath(of.source, of.number)}/share`, { method: 'POST', body: wanted })

export const revokeShare = (of: OfOrder, id: string) =>
  ask<ShareStatus>(`${orderPath(of.source, of.number)}/shares/${encodeURIComponent(id)}/revoke`, { method: 'POST' })

export interface FulfilmentBody {
  readonly connection: string
  readonly kind: 'confirmation' | 'shipment'
  readonly lines?: readonly { readonly line: string; readonly quantity: string }[]
  readonly tracks?: readonly { readonly number: string; readonly carrier: string | null }[]
  readonly dryRun?: boolean
}

/** `key`: idempotency key; sent again under it, it is the same report. */
export const sendFulfilment = (of: OfOrder, body: FulfilmentBody, key: string) =>
  ask<FiledAnswer>(`${orderPath(of.source, of.number)}/fulfilments`, { method: 'POST', body, key })

interface OfOrder {
  readonly source: string
  readonly number: string
}

const orderPath = (source: string, number: string) =>
  `/v1/orders/${encodeURIComponent(source)}/${encodeURIComponent(number)}`

export interface StepQuery {
  readonly source: string
  readonly number: string
  readonly step: string
}

/** The content of a step does not change. */
export const stepQuery = ({ source, number, step }: StepQuery, isWanted: boolean) => ({
  queryKey: ['order-step', source, number, step],
  queryFn: ({ signal }: Context) => {
    const path = [source, number, 'steps', step].map(encodeURIComponent).join('/')
    return ask<StepEvents>(`/v1/orders/${path}`, { signal })
  },
  enabled: isWanted,
  staleTime: Number.POSITIVE_INFINITY,
})

export interface StagedQuery {
  readonly connection: string
  readonly status: string
  readonly cursor: string
}

export const stagedOrdersQuery = ({ connection, status, cursor }: StagedQuery) => ({
  queryKey: ['staged-orders', connection, status, cursor],
  queryFn: ({ signal }: Context) => {
    const query = queryText({ status, cursor, payloads: 'places', limit: 50 })
    return ask<Page<StagedOrder>>(`/v1/backend/${encodeURIComponent(connection)}/orders${query}`, { signal })
  },
  enabled: connection !== '',
  placeholderData: keepPreviousData,
  refetchInterval: unlessLive(OFTEN_MS),
})

type WantedOrders = { readonly sku: string } | { readonly email: string }

/** A page of orders with an SKU or an e-mail address; the address is sent in the body. */
export async function foundOrdersPage(
  wanted: WantedOrders,
  { cursor, limit, signal }: { readonly cursor: string; readonly limit: number; readonly signal?: AbortSignal },
): Promise<Page<FoundOrder>> {
  const more = signal === undefined ? {} : { signal }
  if ('sku' in wanted) return await ask(`/v1/orders${queryText({ sku: wanted.sku, cursor, limit })}`, more)
  const body = { email: wanted.email, limit, ...(cursor === '' ? {} : { cursor }) }
  return await ask('/v1/persons/orders', { method: 'POST', body, ...more })
}

/** A search by e-mail is sent once: each answer is recorded in the audit trail. */
export const foundOrdersQuery = (wanted: WantedOrders, cursor: string) => ({
  queryKey: ['email' in wanted ? 'orders-of-email' : 'staged-orders', wanted, cursor],
  queryFn: ({ signal }: Context) => foundOrdersPage(wanted, { cursor, limit: 50, signal }),
  placeholderData: keepPreviousData,
  ...('email' in wanted ? { staleTime: Number.POSITIVE_INFINITY } : { refetchInterval: unlessLive(OFTEN_MS) }),
})

/** The order at a connection, with its events. */
export const stagedOrderQuery = (connection: string, number: string, isWanted: boolean) => ({
  queryKey: ['staged-order', connection, number],
  queryFn: ({ signal }: Context) => {
    const query = queryText({ key: number, limit: 1 })
    return ask<Page<StagedOrder>>(`/v1/backend/${encodeURIComponent(connection)}/orders${query}`, { signal })
  },
  enabled: isWanted,
})

export const feedRowsQuery = (of: {
  readonly connection: string
  readonly entity: string
  readonly cursor: string
}) => ({
  queryKey: ['product', 'list', of],
  queryFn: ({ signal }: Context) => {
    const query = queryText({ cursor: of.cursor, payloads: 'places', limit: 50 })
    return ask<Page<FeedRow>>(`${feedPath(of)}${query}`, { signal })
  },
  enabled: of.connection !== '',
  placeholderData: keepPreviousData,
  refetchInterval: unlessLive(OFTEN_MS),
})

interface FeedRowOf {
  readonly connection: string
  readonly entity: string
  readonly sku: string
  /** Only whether it exists. */
  readonly isPlace: boolean
}

/** A SKU's rows of one feed: one per source. */
export const feedRowQuery = ({ sku, isPlace, ...of }: FeedRowOf) => ({
  queryKey: ['product', 'one', of, sku, isPlace],
  queryFn: ({ signal }: Context) => {
    const query = queryText({ key: sku, limit: 10, payloads: isPlace ? 'places' : 'events' })
    return ask<Page<FeedRow>>(`${feedPath(of)}${query}`, { signal })
  },
  refetchInterval: unlessLive(OFTEN_MS),
})

function feedPath({ connection, entity }: { readonly connection: string; readonly entity: string }): string {
  return `/v1/frontend/${encodeURIComponent(connection)}/${encodeURIComponent(entity)}`
}

interface SkuOf {
  readonly connection: string
  readonly sku: string
  /** Of the current rows: older changes are fetched once. */
  readonly stamp: string
}

const historyPath = ({ connection, sku }: SkuOf) =>
  `/v1/history/${encodeURIComponent(connection)}/${encodeURIComponent(sku)}`

export const historyQuery = ({ feed, ...of }: SkuOf & { readonly feed: string }) => ({
  queryKey: ['history', of, feed],
  queryFn: ({ signal, pageParam }: Context & { readonly pageParam: string | null }) =>
    ask<HistoryPage>(`${historyPath(of)}${queryText({ feed, cursor: pageParam, limit: 25 })}`, { signal }),
  initialPageParam: null as string | null,
  getNextPageParam: ({ cursor }: HistoryPage) => cursor,
  placeholderData: keepPreviousData,
  refetchOnWindowFocus: false,
  staleTime: Number.POSITIVE_INFINITY,
})

/** Maximum number of requests, each of which searches up to 10,000 records. */
const MOST_LOOKS = 10

/** Changes of stock within a time up to now, as far back as ten requests go. */
export const stockHistoryQuery = ({ ms, ...of }: SkuOf & { readonly ms: number }) => ({
  queryKey: ['stock-history', of, ms],
  queryFn: async ({ signal }: Context) => {
    const to = Date.now()
    const since = new Date(to - ms).toISOString()
    const items: RowChange[] = []
    let [cursor, lookedBackTo]: [string | null, string | null] = [null, null]
    for (let looks = 0; looks === 0 || (cursor !== null && looks < MOST_LOOKS); looks += 1) {
      const query = queryText({ feed: 'inventory', since, cursor, limit: 200 })
      const page: HistoryPage = await ask<HistoryPage>(`${historyPath(of)}${query}`, { signal })
      const known = new Set(items.map(({ source, offset }) => `${source}|${offset}`))
      items.push(...page.items.filter(({ source, offset }) => !known.has(`${source}|${offset}`)))
      cursor = page.cursor
      lookedBackTo = page.looked_back_to
    }
    return { items, from: to - ms, to, lookedBackTo }
  },
  placeholderData: keepPreviousData,
  refetchOnWindowFocus: false,
  staleTime: 60_000,
})

export const pullsQuery = (of: SkuOf) => ({
  queryKey: ['pulls', of],
  queryFn: ({ signal }: Context) =>
    ask<{ readonly items: readonly PullOfRow[] }>(`/v1/pulls${queryText({ connection: of.connection, key: of.sku })}`, {
      signal,
    }),
  placeholderData: keepPreviousData,
  refetchInterval: SELDOM_MS,
})

/** The mapping rules of a connection's products. */
export const rulesQuery = (connection: string, isAllowed: boolean) => ({
  queryKey: ['rules', connection],
  queryFn: async ({ signal }: Context) => {
    const path = `/v1/connections/${encodeURIComponent(connection)}/metadata`
    return (await ask<{ readonly document: Metadata }>(path, { signal })).document
  },
  enabled: isAllowed,
  staleTime: 30_000,
})

interface Metadata {
  readonly attributes: readonly AttributeRule[]
}

export const groupsQuery = (query: LetterQuery) => ({
  queryKey: ['dead-letter-groups', query],
  queryFn: ({ signal }: Context) => ask<Groups>(`/v1/dead-letters${queryText({ ...query, group: true })}`, { signal }),
  refetchInterval: unlessLive(SELDOM_MS),
})

export const metadataQuery = (connection: string) => ({
  queryKey: ['metadata', connection],
  queryFn: ({ signal }: Context) =>
    ask<StoredDocument>(`/v1/connections/${encodeURIComponent(connection)}/metadata`, { signal }),
  enabled: connection !== '',
  // Keeps what somebody is editing.
  refetchOnWindowFocus: false,
  staleTime: Number.POSITIVE_INFINITY,
  gcTime: 0,
  reconcile: false as const,
})

export const moneyQuery = (query: LetterQuery) => ({
  queryKey: ['dead-letter-money', query],
  queryFn: ({ signal }: Context) =>
    ask<{ readonly groups: readonly GroupMoney[] }>(`/v1/dead-letters/money${queryText({ ...query })}`, { signal }),
  staleTime: SELDOM_MS,
  refetchInterval: MONEY_MS,
})

export const lettersQuery = (query: LetterQuery, cursor: string) => ({
  queryKey: ['dead-letters', query, cursor],
  queryFn: ({ signal }: Context) =>
    ask<Page<ListedLetter>>(`/v1/dead-letters${queryText({ ...query, cursor, limit: 50 })}`, { signal }),
  refetchInterval: unlessLive(OFTEN_MS),
})

export const parkedQuery = (connection: string, cursor: string) => ({
  queryKey: ['parked', connection, cursor],
  queryFn: ({ signal }: Context) =>
    ask<Page<ParkedRecord>>(`/v1/parked${queryText({ connection, cursor, limit: 50 })}`, { signal }),
  refetchInterval: unlessLive(OFTEN_MS),
})

export const pausesQuery = () => ({
  queryKey: ['pauses'],
  queryFn: ({ signal }: Context) => ask<Pauses>('/v1/pauses', { signal }),
  refetchInterval: OFTEN_MS,
})

export const readsQuery = () => ({
  queryKey: ['reads'],
  queryFn: ({ signal }: Context) => ask<{ readonly items: readonly ReadStatus[] }>('/v1/reads', { signal }),
  refetchInterval: OFTEN_MS,
})

export interface TaskQuery {
  readonly read: string
  readonly state: string
  readonly cursor: string
}

export const tasksQuery = (query: TaskQuery) => ({
  queryKey: ['tasks', query],
  queryFn: ({ signal }: Context) => ask<Page<Task>>(`/v1/tasks${queryText({ ...query, limit: 25 })}`, { signal }),
  placeholderData: keepPreviousData,
  refetchInterval: OFTEN_MS,
})

export const taskQuery = (id: string) => ({
  queryKey: ['task', id],
  queryFn: ({ signal }: Context) => ask<Task>(`/v1/tasks/${encodeURIComponent(id)}`, { signal }),
  // The API does not stream that a run begins, nor unchanged rows.
  refetchInterval: ({ state }: { readonly state: { readonly data?: Task | undefined } }) => {
    if (state.data?.run_state === 'running') return RUNNING_MS
    return state.data?.run_state === 'due' ? OFTEN_MS : unlessLive(OFTEN_MS)()
  },
})

export const taskEntitiesQuery = (id: string, query: { readonly status: string; readonly cursor: string }) => ({
  queryKey: ['task-entities', id, query],
  queryFn: ({ signal }: Context) => {
    const path = `/v1/tasks/${encodeURIComponent(id)}/entities`
    return ask<Page<TaskEntity>>(`${path}${queryText({ ...query, limit: 100 })}`, { signal })
  },
  refetchInterval: OFTEN_MS,
})

/** What can be replayed, by topic and stage. */
export const replayTargetsQuery = () => ({
  queryKey: ['replay-targets'],
  queryFn: ({ signal }: Context) =>
    ask<{ readonly items: readonly { readonly topic: string; readonly processor: string }[] }>('/v1/replay-targets', {
      signal,
    }),
  staleTime: 60_000,
})

export const replaysQuery = (limit: number) => ({
  queryKey: ['resync', 'replays', limit],
  queryFn: ({ signal }: Context) =>
    ask<{ readonly items: readonly Replay[] }>(`/v1/replays${queryText({ limit })}`, { signal }),
  placeholderData: keepPreviousData,
  refetchInterval: OFTEN_MS,
})

export const replayQuery = (id: string) => ({
  queryKey: ['resync', 'replay', id],
  queryFn: ({ signal }: Context) => ask<ReplayOutcome>(`/v1/replays/${encodeURIComponent(id)}`, { signal }),
  refetchInterval: OFTEN_MS,
})

export const rebuildsQuery = (limit: number) => ({
  queryKey: ['resync', 'rebuilds', limit],
  queryFn: ({ signal }: Context) =>
    ask<{ readonly items: readonly Rebuild[] }>(`/v1/rebuilds${queryText({ limit })}`, { signal }),
  placeholderData: keepPreviousData,
  refetchInterval: OFTEN_MS,
})

export const rebuildQuery = (id: string) => ({
  queryKey: ['resync', 'rebuild', id],
  queryFn: ({ signal }: Context) => ask<Rebuild>(`/v1/rebuilds/${encodeURIComponent(id)}`, { signal }),
  refetchInterval: OFTEN_MS,
})

/** What a rebuild of a feed would do; starts nothing. */
export const rebuildPreviewQuery = (table: string, isWanted: boolean) => ({
  queryKey: ['rebuild-preview', table],
  queryFn: ({ signal }: Context) =>
    ask<RebuildPreview>('/v1/rebuilds', { method: 'POST', body: { table, preview: true }, signal }),
  enabled: isWanted,
  staleTime: 60_000,
})

export const demoQuery = () => ({
  queryKey: ['demo'],
  queryFn: ({ signal }: Context) => ask<{ readonly items: readonly DemoScenario[] }>('/v1/demo', { signal }),
  refetchInterval: OFTEN_MS,
})

export const letterQuery = (id: string) => ({
  queryKey: ['dead-letter', id],
  queryFn: ({ signal }: Context) => ask<ShownLetter>(`/v1/dead-letters/${encodeURIComponent(id)}`, { signal }),
  refetchInterval: unlessLive(OFTEN_MS),
})

/** `remap`: for a retry that maps again. */
export const verdictQuery = (id: string, remap = false) => ({
  queryKey: ['dead-letter-preview', id, remap],
  queryFn: ({ signal }: Context) =>
    ask<RetryVerdict>(`/v1/dead-letters/${encodeURIComponent(id)}/preview?remap=${remap}`, { signal }),
})
