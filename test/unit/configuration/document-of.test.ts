import { expect, it } from 'vitest'
import {
  type ConnectionDocument,
  connectionSchema,
  type SystemDocument,
  systemSchema,
} from '../../../src/configuration/document-schemas.ts'
import { readShape } from '../../../src/configuration/document-shape.ts'
import { connectionOf, systemOf } from '../../../src/configuration/model-of.ts'
import { documentOf, encodeConnection, encodeSystem } from '../../../src/configuration/stored-form.ts'
import { namedDocument } from '../../../src/configuration/yaml-documents.ts'

it('shows a stored system so that it can be sent back, with sweeps on request alone', () => {
  const document: SystemDocument = {
    kind: 'system',
    id: 'erp',
    type: 'netsuite',
    address: 'https://system.example',
    reads: [{ entity: 'inventory', sweep: { mostGone: 0.1 } }],
  }
  const limits = { concurrency: 3 }
  const shown = documentOf('system', encodeSystem(systemOf(document, limits)))
  expect(readShape(systemSchema, namedDocument('system erp', shown)).mistakes).toEqual([])
  expect(shown).toMatchObject({ reads: [{ entity: 'inventory', sweep: { mostGone: 0.1 } }] })
  expect(systemOf(shown as unknown as SystemDocument, { concurrency: 9 })).toEqual(systemOf(document, limits))
})

it('shows a stored connection so that it can be sent back', () => {
  const document: ConnectionDocument = {
    kind: 'connection',
    id: 'a-b',
    shop: 'a',
    vendor: 'b',
    reads: ['a.orders.all'],
    ownership: { skuPattern: '^B-' },
    staleStock: { afterMinutes: 60, policy: 'buffer', buffer: 2 },
    feeds: {
      inventory: { skus: 'vendor' },
      prices: { levels: ['Wholesale'], cost: true, skus: 'all' },
      images: { merge: 'first', sources: ['a'], skus: 'all' },
    },
    sellableStock: {
      locations: { policy: 'priority', names: ['Main', 'East'] },
      buffer: { fixed: 2, skus: [{ match: '^B-', percent: 10 }] },
      reserve: true,
      oversell: { holdMinutes: 240, reasons: ['out of stock'] },
    },
  }
  const stored = connectionOf(document, '^B-', ['processing'])
  const shown = documentOf('connection', encodeConnection(stored))
  expect(readShape(connectionSchema, namedDocument('connection a-b', shown)).mistakes).toEqual([])
  expect(connectionOf(shown as unknown as ConnectionDocument, '^B-', null)).toEqual(stored)
})
