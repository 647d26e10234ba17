import { pino } from 'pino'
import type { Configuration } from '../../src/configuration/model.ts'
import { decimal4 } from '../../src/events/decimal.ts'
import type { OrderLine, ResultPlaces } from '../../src/events/generated/events.ts'
import { applyConfiguration } from '../../src/operations/configuration.ts'
import { everything } from '../../src/operations/principal.ts'
import { tableDefinitions } from '../../src/operations/table-definitions.ts'
import { routeOrders } from '../../src/processors/route-orders.ts'
import { stagedStage } from '../../src/projections/staged.ts'
import { connectionOf, contextOf, lineOf, orderChanged, orderOf } from '../data/processor-events.ts'
import { entityResult, statusRecord } from '../data/sync-status.ts'
import { memoryTables } from '../memory/tables.ts'
import { apiFixture } from './api-fixture.ts'
import { readableTopics } from './problem-orders.ts'
import { readOf, uncheckedSystem } from './sources.ts'
import { batchContext } from './stage-context.ts'

const boss = everything({ kind: 'cli', name: 'boss' })

export const sharedConfiguration: Configuration = {
  revision: 0,
  systems: [
    uncheckedSystem({
      id: 'shop',
      type: 'magento2',
      address: 'https://s.example',
      reads: [readOf('shop', 'orders', 1)],
    }),
    ...['alder', 'birch'].map((id) =>
      uncheckedSystem({ id: `erp-${id}`, type: 'netsuite', address: `https://${id}.example` }),
    ),
  ],
  connections: ['alder', 'birch'].map((id) =>
    connectionOf(id, `^${id.toUpperCase()}`, { shop: 'shop', vendor: `erp-${id}`, reads: ['shop.orders.all'] }),
  ),
  metadata: [],
}

/** Order 7 of a shop, of two vendors, `alder` and `birch`, whose ERPs have it. `own`: the line of `alder`; `logLines`: what is logged is added there. */
export async function sharedOrder({
  logLines,
  own = lineOf('1', 'ALDER-1', { name: 'Alder <table>' }),
  ...over
}: Parameters<typeof apiFixture>[0] & { readonly logLines?: string[]; readonly own?: OrderLine } = {}) {
  const topics = readableTopics()
  const logger =
    logLines === undefined ? {} : { logger: pino({ level: 'trace' }, { write: (line) => logLines.push(line) }) }
  const parts = { staged: topics.staged, topicPrefix: 't.', ...logger, ...over }
  const api = apiFixture(parts, memoryTables(tableDefinitions))
  await applyConfiguration(api.operations, boss, { configuration: sharedConfiguration, reason: null })
  const lines = [own, lineOf('2', 'BIRCH-1', { name: 'Birch chair', rowTotal: decimal4('77.31', 'total') })]
  const order = orderOf(lines, { orderNumber: '7', grandTotal: decimal4('87.31', 'total') })
  const event = { ...orderChanged(order), source: 'shop' }
  const source = topics.put('t.orders', 1, topics.codec.encode('orders', event))
  const { outputs } = await routeOrders.process(event, contextOf(...sharedConfiguration.connections), undefined)
  const places: ResultPlaces[] = []
  const results = outputs.flatMap((output, index) => {
    if (output.kind !== 'vendor-orders') return []
    const { connection } = output.event
    const value = topics.codec.encode('vendor-orders', output.event)
    places.push({ source, mapped: topics.put(`t.vendor-orders.erp-${connection}`, index, value) })
    const about = { source: 'shop', key: '7', eventId: event.eventId, readAt: event.readAt }
    return entityResult({ ...about, connection, status: 'succeeded', targetId: `SO-${connection}` })
  })
  const record = statusRecord('deliver-erp', 9, results, null, places)
  await stagedStage(api).handle([record], batchContext().context)
  return api
}
