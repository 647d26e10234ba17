import { OVERSOLD_REASONS } from '../../configuration/model.ts'
import { topicOf } from '../../events/topics.ts'
import type { Meter } from '../../platform/metrics/meter.ts'
import type { Decoded, Stage } from '../../platform/runtime/stage.ts'
import { ordersOf } from '../route-fulfilments.ts'
import { createStockLedger, type StockLedgerDeps } from './stock-ledger.ts'

const MINUTE_MS = 60_000
const UNDELIVERED: readonly string[] = ['closure', 'cancellation']

/**
 * Holds SKUs of which a vendor canceled an order for lack of stock although the feed has some: its stock is not what
 * its system says. The hold ends by itself.
 */
export function holdOversoldStage(
  system: string,
  deps: StockLedgerDeps & { readonly meter?: Meter },
): Stage<'fulfilments'> {
  const ledger = createStockLedger(system, deps)
  const name = `hold-oversold-${system}`
  return {
    name,
    kind: 'fulfilments',
    topics: [topicOf('fulfilments')],
    needsPersons: false,
    async handle(batch, { assertOwned }) {
      const now = deps.clock.now()
      const own = batch.filter(({ event }) => event.source === system && !event.deleted)
      const oversold = own.flatMap((one) => oversoldSkus(one, deps)).filter(({ until }) => until > now)
      const longest = new Map<string, number>()
      for (const { sku, until } of oversold) longest.set(sku, Math.max(longest.get(sku) ?? 0, until))
      await ledger.hold(longest, assertOwned)
      for (const { connection } of oversold) deps.meter?.count('waldstream_oversold_total', { connection })
    },
    async onTick({ partition, assertOwned }) {
      if (partition === 0) await ledger.handleDue(assertOwned)
    },
  }
}

interface OversoldSku {
  readonly connection: string
  readonly sku: string
  /** Milliseconds. */
  readonly until: number
}

function oversoldSkus(
  { record, event: { source, data } }: Decoded<'fulfilments'>,
  { configuration }: Pick<StockLedgerDeps, 'configuration'>,
): readonly OversoldSku[] {
  if (!UNDELIVERED.includes(data.kind)) return []
  const ofVendor = configuration().connections.filter(({ vendor }) => vendor === source)
  const orders = ordersOf(data, ofVendor)
  return ofVendor.flatMap(({ id, sellableStock }) => {
    const rule = sellableStock?.oversell
    if (rule === undefined || !orders.has(id)) return []
    const until = record.timestamp + rule.holdMinutes * MINUTE_MS
    const skus = data.lines.filter(({ reason }) => means(reason, rule.reasons ?? OVERSOLD_REASONS))
    return skus.map(({ sku }) => ({ connection: id, sku: sku.trim(), until }))
  })
}

function means(reason: string | null, texts: readonly string[]): boolean {
  const said = reason?.toLowerCase() ?? ''
  return texts.some((text) => said.includes(text.toLowerCase()))
}
