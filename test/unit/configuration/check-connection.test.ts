import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { loadConfiguration } from '../../../src/configuration/load-configuration.ts'
import { toStreamError } from '../../../src/errors.ts'
import { systemTypes } from '../../../src/systems/systems.ts'
import { anySecrets } from '../../data/any-secrets.ts'

const systems = `
kind: system
id: magento
type: magento2
address: http://shop
secrets: { bearer: "env:A" }
reads: [{ entity: orders, startFrom: "2026-01-01T00:00:00Z" }]
---
kind: system
id: netsuite
type: netsuite
address: http://erp
settings: { account: A }
secrets: { consumerKey: "env:A", consumerSecret: "env:A", tokenId: "env:A", tokenSecret: "env:A" }
reads: [{ entity: fulfilments }]
---
kind: system
id: feed
type: image-feed
address: http://feed
reads: [{ entity: images }]
---
kind: system
id: other
type: image-feed
address: http://other
reads: [{ entity: images }]
---
kind: system
id: queue
type: sqs
address: https://sqs.eu-central-1.amazonaws.com
settings: { region: eu-central-1 }
---
kind: system
id: bc
type: bigcommerce
address: https://api.bigcommerce.com
settings: { storeHash: abc }
secrets: { accessToken: "env:A" }
---
`
const connection = (more: string) => `${systems}kind: connection
id: c
ownership: { skuPattern: "^A" }
${more}
`

async function mistakes(text: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'waldstream-deliveries-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  await writeFile(join(folder, 'all.yaml'), text)
  return await loadConfiguration(folder, anySecrets, systemTypes).then(
    () => 'none',
    (error) => toStreamError(error).message,
  )
}

it.each([
  [
    'shop: magento\nvendor: netsuite\nreads: [magento.orders.all, netsuite.fulfilments.all]\npush: [products]',
    /^none$/,
  ],
  [
    'shop: magento\nvendor: feed\nreads: [magento.orders.all]',
    /orders, which can't be delivered to systems of type image-feed/,
  ],
  [
    'shop: feed\nvendor: netsuite\nreads: []\npush: [images]',
    /push.* images can't be sent to systems of type image-feed/,
  ],
  [
    'shop: feed\nvendor: netsuite\nreads: [netsuite.fulfilments.all]',
    /can't be delivered to systems of type image-feed/,
  ],
  ['shop: magento\nvendor: feed\nreads: [netsuite.fulfilments.all]', /must be of the vendor feed/],
  [
    'shop: magento\nvendor: netsuite\nreads: [feed.images.all, other.images.all]\npush: [images]',
    /push.* images come from feed and other, and would overwrite each other in the shop/,
  ],
  [
    'shop: magento\nvendor: netsuite\nreads: []\nstaleStock: { afterMinutes: 30, policy: buffer }',
    /staleStock\.buffer is needed with policy: buffer/,
  ],
  [
    'shop: magento\nvendor: netsuite\nreads: []\nstaleStock: { afterMinutes: 30, policy: zero, buffer: 3 }',
    /staleStock\.buffer is for policy: buffer only/,
  ],
  ['shop: magento\nvendor: netsuite\nreads: []\nstaleStock: { afterMinutes: 30, policy: buffer, buffer: 3 }', /^none$/],
  [
    'shop: magento\nvendor: netsuite\nreads: [feed.images.all]\nfeeds: { images: { sources: [feed] } }',
    /feeds\.images\.sources is for merged galleries: add merge: all or merge: first/,
  ],
  [
    'shop: magento\nvendor: netsuite\nreads: [feed.images.all]\nfeeds: { images: { merge: all, sources: [other] } }',
    /feeds\.images\.sources\[0\] is not a system that the connection reads images from; these are: feed/,
  ],
  [
    'shop: magento\nvendor: netsuite\nreads: [feed.images.all]\nfeeds: { images: { merge: all, sources: [feed, feed] } }',
    /feeds\.images\.sources\[1\]/,
  ],
  [
    'shop: magento\nvendor: netsuite\nreads: [feed.images.all]\nfeeds: { images: { merge: first, sources: [feed] } }',
    /^none$/,
  ],
  [
    'shop: magento\nvendor: netsuite\nreads: []\nsellableStock: { locations: { policy: sum, names: [Main] } }',
    /sellableStock\.locations\.names is not for policy: sum/,
  ],
  [
    'shop: magento\nvendor: netsuite\nreads: []\nsellableStock: { locations: { policy: priority } }',
    /sellableStock\.locations\.names is needed with policy: priority/,
  ],
  [
    'shop: magento\nvendor: netsuite\nreads: []\nsellableStock: { locations: { policy: list, names: [Main, East, Main] } }',
    /names\[2\] .*all\.yaml:\d+/,
  ],
  [
    'shop: magento\nvendor: netsuite\nreads: []\nsellableStock: { buffer: { fixed: 1, percent: 5 } }',
    /sellableStock\.buffer\.percent excludes fixed/,
  ],
  [
    'shop: magento\nvendor: netsuite\nreads: []\nsellableStock: { buffer: { skus: [{ match: ^A }] } }',
    /buffer\.skus\[0\] has no buffer; add fixed or percent/,
  ],
  [
    'shop: magento\nvendor: netsuite\nreads: []\nsellableStock: { buffer: { skus: [{ match: "A(", fixed: 1 }] } }',
    /buffer\.skus\[0\]\.match is not a regular expression/,
  ],
  [
    'shop: magento\nvendor: netsuite\nreads: []\nsellableStock: { locations: { policy: list, names: [Main] }, buffer: { percent: 5, skus: [{ match: ^A, fixed: 0 }] } }',
    /^none$/,
  ],
])('a connection that is %s: %s', async (more, message) => {
  expect(await mistakes(connection(more))).toMatch(message)
})

it('two connections of one vendor whose orders could have one reference there: a-1 beside a', async () => {
  const beside = (id: string, shop = 'magento') =>
    `${systems}${['a', id]
      .map(
        (one) => `kind: connection
id: ${one}
shop: ${shop}
vendor: netsuite
reads: []
ownership: { skus: [${one}] }
`,
      )
      .join('---\n')}`
  expect(await mistakes(beside('a-1'))).toMatch(
    /all\.yaml:\d+: id and a \(.*all\.yaml:\d+\) would give orders equal references at netsuite: a-1-1 is order 1-1 of a and order 1 of a-1; rename one/,
  )
  expect(await mistakes(beside('a-b'))).toBe('none')
  // A queue's messages may have any number, also b-1.
  expect(await mistakes(beside('a-b', 'queue'))).toMatch(/a-b-1 is order b-1 of a and order 1 of a-b/)
  // Order numbers of BigCommerce are digits.
  expect(await mistakes(beside('a-1', 'bc'))).toBe('none')
})
