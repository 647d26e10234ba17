import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import { startProgram } from '../../worlds/processes.ts'
import { until } from '../../worlds/processes-until.ts'
import { resyncInstallation } from '../../worlds/resync-installation.ts'

const PRODUCTS = 'netsuite.products.all'

let world: Awaited<ReturnType<typeof resyncInstallation>>
beforeAll(async () => {
  world = await resyncInstallation('resync-cli', inject('services'))
  await world.sync(PRODUCTS)
})
afterAll(() => world.close())

/** What a command printed, and how it ended. */
async function waldstream(
  ...args: readonly string[]
): Promise<{ readonly code: number | null; readonly text: string }> {
  const env = { ...world.env, LOG_LEVEL: 'silent' }
  const program = await startProgram({ name: 'waldstream', args: ['src/cli/main.ts', ...args], env })
  const { code } = await program.exited
  return { code, text: program.output().trim() }
}

it('replays, rebuilds and sweeps are asked for on the command line', async () => {
  const asked = ['replay', 'products', '--to', 'map-products', '--connection', 'magento-netsuite']
  const preview = await waldstream(...asked, '--preview')
  expect(preview).toMatchObject({
    code: 0,
    text: expect.stringMatching(/^products → map-products: (\d+) to send of \1 events/),
  })
  const requested = await waldstream(...asked, '--reason', 'new mapping')
  expect(requested).toMatchObject({ code: 0, text: expect.stringMatching(/^requested: (replay-[\dTZ]+-[\da-f]{8});/) })
  await until('the replay has ended', async () => {
    const { json } = await world.request('GET', '/v1/replays')
    return json.items[0].state === 'ended'
  })
  const { text: line } = await waldstream('replay', 'list')
  const id = /^replay-\S+/.exec(line)?.[0] ?? ''
  const shown = await waldstream('replay', 'show', id.slice(0, -3))
  expect(JSON.parse(shown.text)).toMatchObject({ id, state: 'ended' })
  expect(line).toMatch(/^replay-\S+ ended (\d+)\/\1 products → map-products for magento-netsuite \(cli\)$/)
  const made = await waldstream('rebuild', 'products')
  expect(made).toMatchObject({ code: 0, text: expect.stringMatching(/0 only live, 0 only rebuilt, 0 differ/) })
  const switched = await waldstream('rebuild', 'products', '--switch', '--yes')
  expect(switched).toMatchObject({
    code: 0,
    text: expect.stringMatching(/readers get generation 2 now; --undo goes back until \S+$/),
  })
  const waited = await waldstream(...asked, '--wait', '--json')
  expect(waited).toMatchObject({ code: 0 })
  expect(JSON.parse(waited.text)).toMatchObject({ state: 'ended', topic: 'products' })
  const several = await waldstream('replay', 'show', 'replay-')
  expect(several).toMatchObject({
    code: 1,
    text: expect.stringMatching(/several replays begin with "replay-": replay-\S+, replay-/),
  })
  const swept = await waldstream('sync', PRODUCTS, '--sweep')
  expect(swept).toMatchObject({ code: 0, text: expect.stringMatching(/^requested: task netsuite\.products\.all\./) })
  for (const { text } of [preview, requested, { text: line }, made, switched, swept]) console.log(text)
})

it('says what is wrong before anything is opened', async () => {
  const [without, both, accept] = await Promise.all([
    waldstream('replay', 'products'),
    waldstream('rebuild', 'products', '--switch', '--drop'),
    waldstream('sync', PRODUCTS, '--accept-deletions'),
  ])
  expect(without).toMatchObject({ code: 2, text: expect.stringMatching(/--to names/) })
  expect(both).toMatchObject({ code: 2, text: expect.stringMatching(/cannot be combined/) })
  expect(accept).toMatchObject({ code: 2, text: expect.stringMatching(/needs --sweep/) })
})
