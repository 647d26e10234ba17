import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { checkConfiguration } from '../../../src/configuration/load-configuration.ts'
import { systemTypes } from '../../../src/systems/systems.ts'
import { anySecrets } from '../../data/any-secrets.ts'

const folder = fileURLToPath(new URL('./thirty-mistakes', import.meta.url))

/** What is wrong with systems of all types, their values above all, and with what connections say of them. */
const planted: readonly (readonly [place: string, field: string, message: RegExp])[] = [
  ['connections.yaml:6', 'ownership.skus[1]', /^has spaces around it; write A-2/],
  ['connections.yaml:6', 'ownership.skus[2]', /^is given twice: the other is at \S+connections\.yaml:6; keep one/],
  [
    'connections.yaml:7',
    'orderStates[0]',
    /^is not a state of magento2 orders: it is not known; did you mean processi/,
  ],
  [
    'connections.yaml:10',
    'orderMap.fields[0].expression',
    /^uses \$trimm, which is neither a function nor a variable; did you mean \$trim\?/,
  ],
  [
    'connections.yaml:11',
    'orderMap.fields[1].expression',
    /^reads citty, a field that Address does not have: it is not known; did /,
  ],
  [
    'connections.yaml:12',
    'orderMap.fields[2].from',
    /^reads shippingAddress\.zip, which is not known; known are: firstName, l/,
  ],
  [
    'connections.yaml:13',
    'orderMap.fields[3].attribute',
    /^is given twice: the other is at \S+connections\.yaml:10; keep one/,
  ],
  ['connections.yaml:16', 'id', /^and a \(\S+connections\.yaml:2\) would give orders equal references at nets/],
  ['shops.yaml:5', 'secrets.accessToken', /^is missing; the secrets of magento2 are: consumerKey, consumerSecret, /],
  [
    'shops.yaml:5',
    'secrets.accessTokenSecret',
    /^is missing; the secrets of magento2 are: consumerKey, consumerSecret, /,
  ],
  ['shops.yaml:7', 'settings.attributeSet', /^must be a whole number from 1 to 1000000/],
  ['shops.yaml:8', 'settings.allowPrivateAddresses', /^must be true or false/],
  ['shops.yaml:9', 'settings.storeVeiw', /^is not known; did you mean storeView\? known are: storeCode, storeView,/],
  ['shops.yaml:11', 'reads[0].entity', /^must be one of: orders, products, inventory, prices, images, fulfilments/],
  ['shops.yaml:11', 'reads[0].settleSeconds', /^must be a whole number from 0 to 3600, without quotes/],
  ['shops.yaml:11', 'reads[0].schedule', /^is not a cron expression; write five fields, or six with seconds, for exa/],
  ['shops.yaml:12', 'reads[1].pageSize', /^must be a whole number from 1 to 1000/],
  ['shops.yaml:12', 'reads[1].startFrom', /^must be a time with its zone, for example 2026-01-01T00:00:00Z/],
  ['shops.yaml:18', 'secrets.accessTokn', /^is not known for bigcommerce; did you mean accessToken\? its secrets ar/],
  ['shops.yaml:19', 'settings.storeHash', /^is missing; it must be letters and digits, as in the address of the API/],
  ['shops.yaml:20', 'settings.currency', /^must be an ISO 4217 code of three capital letters, such as USD/],
  ['shops.yaml:21', 'settings.closureStatus', /^must be a whole number from 0 to 999999999/],
  ['shops.yaml:22', 'settings.b2b', /^must be true or false/],
  ['shops.yaml:23', 'settings.webhookTolerance', /^must be a whole number from 1 to 86400/],
  ['shops.yaml:25', 'reads[0].filter.location', /^is not known; did you mean locations\? known are: locations/],
  ['shops.yaml:26', 'reads[1].filter.chanel_id', /^is not known; did you mean channel_id\? known are: channel_id,/],
  ['shops.yaml:32', 'settings.region', /^is missing; it must be an AWS region, such as eu-central-1/],
  ['shops.yaml:33', 'settings.ordersQueue', /^must be the name of a queue: up to 80 letters, digits, _ and -, perhap/],
  ['shops.yaml:34', 'settings.visibilitySeconds', /^must be a whole number from 1 to 43200/],
  ['shops.yaml:36', 'reads[0].filter.queue', /^must be the name of a queue: up to 80 letters, digits, _ and -, perhap/],
  ['vendors.yaml:4', 'address', /^must end before \/b1s, for example https:\/\/sap\.example\.com:50000/],
  ['vendors.yaml:8', 'settings.version', /^must be one of v1, v2/],
  ['vendors.yaml:9', 'settings.currencies', /^must be a map of ISO 4217 codes to SAP's codes, or pairs separated by /],
  ['vendors.yaml:10', 'settings.freightExpenseCode', /^must be a whole number from -1000000 to 1000000/],
  ['vendors.yaml:11', 'settings.digestField', /^must be the name of a user field, U_…/],
  [
    'vendors.yaml:13',
    'settings.vatGroup',
    /^cannot be combined with taxCode; keep only one of taxCode, vatGroup and taxExp/,
  ],
  [
    'vendors.yaml:15',
    'reads[0].filter.itemGroups',
    /^must be a list of numbers of item groups, or the same separated by commas/,
  ],
  ['vendors.yaml:21', 'limits.concurrency', /^must be a whole number from 1 to 100, without quotes/],
  ['vendors.yaml:22', 'secrets.privateKey', /^is missing; the secrets of netsuite are: clientId, certificateId, priv/],
  ['vendors.yaml:25', 'settings.subsidiary', /^must be an internal id, such as 3/],
  ['vendors.yaml:26', 'settings.shipmentLink', /^must be one of createdfrom, nexttransactionlink/],
  ['vendors.yaml:27', 'settings.kitMembers', /^must be a table and its columns of kit, member and quantity, such as i/],
  [
    'vendors.yaml:28',
    'settings.discuontItem',
    /^is not known; did you mean discountItem\? known are: account, itemColum/,
  ],
  ['vendors.yaml:33', 'address', /^contains a user name or password; set them as the secrets username and password/],
  ['vendors.yaml:35', 'settings.format', /^must be one of csv, json, jsonl, xml/],
  ['vendors.yaml:36', 'settings.delimiter', /^must be one character, or tab/],
  ['vendors.yaml:37', 'settings.timeoutSeconds', /^must be a whole number from 1 to 9999/],
  ['vendors.yaml:39', 'reads[0].entity', /^can't be read from systems of type image-feed; they have: images/],
  ['vendors.yaml:43', 'type', /^is not known; did you mean netsuite\? known are: magento2, netsuite, sa/],
]

it('wrong settings and values of every type of system are found, all at once and nothing else', async () => {
  const { mistakes } = await checkConfiguration(folder, anySecrets, systemTypes)
  const places = mistakes.map(({ file, line, field }) => `${file.slice(folder.length + 1)}:${line} ${field}`)
  expect(planted.length).toBeGreaterThanOrEqual(30)
  expect(places).toEqual(planted.map(([place, field]) => `${place} ${field}`))
  for (const [index, [, , message]] of planted.entries()) expect(mistakes[index]?.message).toMatch(message)
})
