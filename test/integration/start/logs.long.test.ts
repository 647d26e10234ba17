import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { expect, inject, it, onTestFinished } from 'vitest'
import { ownDemoData } from '../../worlds/demo-data.ts'
import { startProgram } from '../../worlds/processes.ts'

/** A dataset that nobody else uses, so its folder is this test's alone. */
const DATASET = ['--connections', 'all', '--orders', '12', '--seed', '564738291']
const prefix = `logs-${randomUUID().slice(0, 8)}.`
const env = { ...inject('services'), TOPIC_PREFIX: prefix, TABLE_PREFIX: prefix, FEED_SETTLE_MS: '200' }
const { dataDir } = ownDemoData(DATASET)

/** Fields of the shops' orders that say something of a person. */
const PERSONAL = /name|mail|phone|street|city|postcode|zip|company|remote_ip|message|note/i
/** Fields of goods and of the shop, whose names would fit, and texts that stand for a state. */
const NO_PERSONS = /^(?:name|name_customer|name_merchant|store_name|.*_method|country.*|.*_message_.*|email_sent)$/
const PLACES = ['billing', 'shipping', 'address', 'customer', 'recipient', 'gift', 'remote_ip', 'staff']

/** Texts below fields of persons, with where they were found. */
function personsIn(value: unknown, path: readonly string[] = []): readonly (readonly [string, string])[] {
  if (typeof value === 'string') {
    const name = path.findLast((part) => !/^\d+$/.test(part)) ?? ''
    const isPersonal = PERSONAL.test(name) && !NO_PERSONS.test(name)
    const isOfPerson = path.some((part) => PLACES.some((place) => part.includes(place)))
    return isPersonal && isOfPerson && value.length > 2 ? [[path.join('.'), value]] : []
  }
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([name, one]) => personsIn(one, [...path, name]))
}

interface Simulators {
  readonly [name: string]: { readonly url: string; readonly credentials?: Readonly<Record<string, string>> }
}

/** Everything that both shops have of persons, and all secrets there are. */
async function madeUp(): Promise<{ readonly persons: ReadonlySet<string>; readonly secrets: ReadonlySet<string> }> {
  const args = ['simulators/main.ts', '--data', join(dataDir, 'simulators'), '--second-vendor-pattern', '^NRD-']
  const simulators = await startProgram({ name: 'simulators', args, env: {} })
  onTestFinished(() => simulators.signal('SIGKILL'))
  const addresses = JSON.parse(await simulators.line(/^\{/)) as Simulators
  const states = await Promise.all(
    ['magento', 'bigcommerce'].map(async (shop) => {
      const { orders } = (await (await fetch(`${addresses[shop]?.url}/_sim/state`)).json()) as { orders: unknown[] }
      expect(orders.length, shop).toBeGreaterThan(5)
      return orders
    }),
  )
  simulators.closeInput()
  await simulators.exited
  const secrets = Object.values(addresses).flatMap(({ credentials = {} }) => Object.entries(credentials))
  return {
    persons: new Set(personsIn(states).map(([, value]) => value)),
    secrets: new Set(secrets.flatMap(([name, value]) => (/secret|token|password|key/i.test(name) ? [value] : []))),
  }
}

it('no process writes a name, an address or a secret into its log, at the finest level', async () => {
  const args = ['scripts/bootstrap.mjs', 'start', ...DATASET, '--once', '--json']
  const run = await startProgram({ name: 'start', args, env: { ...env, LOG_LEVEL: 'trace' }, keepAll: true })
  onTestFinished(() => run.signal('SIGKILL'))
  const exit = await run.exited
  const log = run.output()
  expect(exit, log.slice(-5_000)).toEqual({ code: 0, signal: null })
  const { persons, secrets } = await madeUp()
  // It looks for what is there, in a log that has something to find it in.
  expect([...persons].filter((text) => text.includes('@')).length).toBeGreaterThan(5)
  expect(persons.size).toBeGreaterThan(30)
  expect(secrets.size).toBeGreaterThan(4)
  const lines = log.split('\n')
  expect(lines.filter((line) => line.startsWith('{')).length).toBeGreaterThan(100)
  const standsAlone = (line: string, text: string) => {
    const at = line.indexOf(text)
    return at >= 0 && !/[\p{L}\p{N}]/u.test((line[at - 1] ?? '') + (line[at + text.length] ?? ''))
  }
  const found = (texts: ReadonlySet<string>) =>
    [...texts].flatMap((text) => {
      const forms = [text, JSON.stringify(text).slice(1, -1), encodeURIComponent(text)]
      const line = lines.find((one) => forms.some((form) => standsAlone(one, form)))
      return line === undefined ? [] : [`${text}: ${line}`]
    })
  expect(found(persons)).toEqual([])
  expect(found(secrets)).toEqual([])
})
