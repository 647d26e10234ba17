import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { type Cluster, startCluster } from '../../../services/cluster.ts'
import { findJava } from '../../../services/java.ts'
import { areDelivered } from '../../crash/ledger.ts'
import { untilInFlow } from '../../crash/moments.ts'
import { assertNothingWrong, conclude } from '../../crash/run-crashes.ts'
import { openWorld, type World } from '../../crash/world.ts'
import { untilReplicated } from '../../worlds/processes-groups.ts'
import { inStep } from '../../worlds/processes-until.ts'

const SEED = 20_261_123
const AMOUNT = { orders: 30, stocks: 150 }
const BROKERS = 3
const STILL_MS = 240_000
const OUTPUT_SHOWN = 6_000
const java = await findJava(process.env)

async function open(): Promise<{ cluster: Cluster; world: World }> {
  const dataDir = await mkdtemp(join(tmpdir(), 'waldstream-cluster-'))
  onTestFinished(() => rm(dataDir, { recursive: true, force: true }))
  const cluster = await startCluster({ dataDir, env: process.env, brokers: BROKERS, log: console.error })
  onTestFinished(() => cluster.stop())
  const world = await openWorld({ ...cluster.env, TOPIC_REPLICATION: String(BROKERS) }, SEED, ['all'])
  onTestFinished(() => world.close())
  return { cluster, world }
}

/** What `/health/ready` says: the checks that fail, none when it is ready. */
async function ill({ api }: World): Promise<readonly string[]> {
  const answer = await fetch(`${api}/health/ready`, { signal: AbortSignal.timeout(30_000) })
  const { checks } = (await answer.json()) as { readonly checks: Readonly<Record<string, string>> }
  const failing = Object.entries(checks).filter(([, state]) => state !== 'ok')
  expect(answer.status).toBe(failing.length === 0 ? 200 : 503)
  return failing.map(([name]) => name)
}

/** Tells how far the test is; with what the program says when it goes no further. */
const step = async (world: World, name: string, does: () => Promise<void>) => {
  const began = performance.now()
  await inStep(name, does, () => world.fleet.member('all').output().slice(-OUTPUT_SHOWN)).catch((error: unknown) => {
    console.error(`what the program printed is kept in ${world.keepLogs()}`)
    throw error
  })
  console.log(`${name}: ${Math.round((performance.now() - began) / 1000)} s`)
}

/** What the port of metrics says: alive all the time, and ready or not. */
async function portIsReady({ metrics }: World): Promise<boolean> {
  const status = async (path: string) => (await fetch(metrics + path, { signal: AbortSignal.timeout(30_000) })).status
  expect(await status('/health/live')).toBe(200)
  return (await status('/health/ready')) === 200
}

const untilIll = async (world: World, check: string) => {
  await untilInFlow(world, `health tells that ${check} is gone`, async () => (await ill(world)).includes(check))
  await untilInFlow(world, 'the port of metrics says the same', async () => !(await portIsReady(world)))
}
const untilReady = async (world: World) => {
  await untilInFlow(world, 'health tells that all is well', async () => (await ill(world)).length === 0, STILL_MS)
  await untilInFlow(world, 'the port of metrics says the same', () => portIsReady(world), STILL_MS)
}
const untilFlowing = (world: World) =>
  untilInFlow(world, 'orders arrive', () => areDelivered(world.simulators, world.load.recent), STILL_MS)

it.skipIf(java.why !== undefined)('nothing is lost while brokers, registry and tables come and go', async () => {
  const { cluster, world } = await open()
  const { load } = world
  const whole = () =>
    untilReplicated(cluster.env['KAFKA_BROKERS'] ?? '', world.installation.env['TOPIC_PREFIX'] ?? '', BROKERS)
  await whole()
  expect(await ill(world)).toEqual([])

  // Each broker in turn, as an upgrade would do it.
  for (const broker of cluster.brokers) {
    await step(world, `restart of ${broker.name}`, async () => {
      const loading = load.make(broker.name, AMOUNT)
      await broker.end('SIGTERM')
      await loading
      await untilFlowing(world)
      await untilReady(world)
      await broker.start()
      await whole()
    })
  }
  await step(world, 'a broker killed', async () => {
    const [victim] = cluster.brokers
    const loading = load.make('killed', AMOUNT)
    await victim?.end('SIGKILL')
    await loading
    await untilFlowing(world)
    await untilReady(world)
    await victim?.start()
    await whole()
  })
  await step(world, 'all brokers gone', async () => {
    await Promise.all(cluster.brokers.map((broker) => broker.end('SIGKILL')))
    await load.make('no broker', AMOUNT)
    await untilIll(world, 'broker')
    await Promise.all(cluster.brokers.map((broker) => broker.start()))
    await untilReady(world)
    await untilFlowing(world)
  })
  // It is asked only for schemas that are not known yet: without it everything goes on.
  await step(world, 'registry gone', async () => {
    await cluster.registry.end('SIGTERM')
    await load.make('no registry', AMOUNT)
    await untilFlowing(world)
    expect(await ill(world)).toEqual([])
    await cluster.registry.start()
  })
  await step(world, 'DynamoDB gone', async () => {
    await cluster.dynamodb.end('SIGTERM')
    await load.make('no tables', AMOUNT)
    await untilIll(world, 'tables')
    await cluster.dynamodb.start()
    await untilReady(world)
    await untilFlowing(world)
  })

  const outcome = await conclude(world, console.log)
  if (outcome.faults.length + outcome.surprises.length > 0) console.error(`its logs are kept in ${world.keepLogs()}`)
  assertNothingWrong(outcome)
})
