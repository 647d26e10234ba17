import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { checkConfiguration } from '../../../src/configuration/load-configuration.ts'
import { systemTypes } from '../../../src/systems/systems.ts'
import { anySecrets } from '../../data/any-secrets.ts'

const folder = fileURLToPath(new URL('./twenty-mistakes', import.meta.url))

/** Each is planted once, in documents that have others: what is wrong in one place hides nothing in another. */
const planted: readonly (readonly [place: string, field: string, message: RegExp])[] = [
  ['connections.yaml:4', 'vendor', /is not a configured system; configured are: shop, erp/],
  ['connections.yaml:12', 'reads[1]', /is not a configured read/],
  ['connections.yaml:13', 'ownership.skuPattern', /SKU B-1 is claimed by a too/],
  ['connections.yaml:16', 'orderMap.fields[0].attribute', /is written by Waldstream itself/],
  ['connections.yaml:17', 'orderMap.fields[1].expression', /is not a JSONata expression/],
  ['connections.yaml:24', 'ownership', /has attribute and feed; give exactly one/],
  ['metadata.yaml:5', 'attributes[0].from', /reads nmae, which is not known; did you mean name\?/],
  ['metadata.yaml:6', 'attributes[1].expression', /computes a decimal with \*, .* use \$multiply/],
  ['metadata.yaml:7', 'attributes[2].attribute', /is not known; known are: name, price, status/],
  ['metadata.yaml:8', 'attributes[3].lookup.true', /is not of type integer/],
  ['metadata.yaml:11', 'connection', /is not a configured connection/],
  ['metadata.yaml:13', 'attributes[0].from', /exactly one of the three/],
  ['metadata.yaml:19', 'input.colour', /is not a field of products/],
  [
    'systems.yaml:4',
    'address',
    /must be an http\(s\), sftp, ftp\(s\), imap\(s\), s3, folder or mailto address, or a reference/,
  ],
  ['systems.yaml:7', 'reads[0].startFrom', /is missing/],
  ['systems.yaml:8', 'reads[1].schedule', /is not a cron expression/],
  ['systems.yaml:9', 'reads[2].colour', /is not known; known are/],
  ['systems.yaml:15', 'zone', /is not an IANA time zone/],
  ['systems.yaml:16', 'secrets.consumerKey', /must be a reference env:NAME/],
  ['systems.yaml:17', 'settings.account', /is missing; it must be an account id/],
]

it('twenty planted mistakes are found, all at once and nothing else, each by file, line and field', async () => {
  const { mistakes } = await checkConfiguration(folder, anySecrets, systemTypes)
  const places = mistakes.map(({ file, line, field }) => `${file.slice(folder.length + 1)}:${line} ${field}`)
  expect(planted).toHaveLength(20)
  expect(places).toEqual(planted.map(([place, field]) => `${place} ${field}`))
  for (const [index, [, , message]] of planted.entries()) expect(mistakes[index]?.message).toMatch(message)
  expect(mistakes.filter(({ message }) => message.includes('hunter2'))).toEqual([])
})
