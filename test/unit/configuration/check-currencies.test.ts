import { expect, it } from 'vitest'
import { unknownCurrencies } from '../../../src/configuration/check-currencies.ts'
import { checkRead } from '../../../src/configuration/load-configuration.ts'
import { readYaml } from '../../../src/configuration/yaml-documents.ts'
import { systemTypes } from '../../../src/systems/systems.ts'

it.each([
  [{ currency: 'EUR', currencies: 'USD=$, GBP=£' }, []],
  [{ currency: 'UER' }, ['currency names UER, which is not a currency of ISO 4217; did you mean EUR?']],
  [{ currencies: 'EUR=4,GPB=2' }, ['currencies names GPB, which is not a currency of ISO 4217; did you mean GBP?']],
  [{ account: 'XYZ', mode: 'UER' }, []],
])('of the settings %j it says %j', (settings, problems) => {
  expect(unknownCurrencies(settings).map(({ setting, problem }) => `${setting} ${problem}`)).toEqual(problems)
})

it('a folder with such a currency is valid, with a warning', async () => {
  const queue = {
    kind: 'system',
    id: 'queue',
    type: 'sqs',
    address: 'https://sqs.eu-west-1.amazonaws.com',
    secrets: { accessKeyId: 'env:WALDSTREAM_SECRET_QUEUE__ID', secretAccessKey: 'env:WALDSTREAM_SECRET_QUEUE__KEY' },
    settings: { region: 'eu-west-1', currency: 'UER' },
  }
  const read = readYaml('all.yaml', JSON.stringify(queue))
  const { mistakes, warnings } = await checkRead(read, {}, systemTypes)
  expect(mistakes).toEqual([])
  expect(warnings.map(({ field, message }) => `${field} ${message}`)).toEqual([
    'settings.currency names UER, which is not a currency of ISO 4217; did you mean EUR?',
  ])
})
