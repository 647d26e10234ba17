import { expect, it } from 'vitest'
import { findJava } from '../../../services/java.ts'
import { isAlive } from '../../../services/lock.ts'
import { descendants } from '../../worlds/processes.ts'
import { changeOneStock, demoOf, expectWhole, publishedOf } from './demo-runs.ts'

const demo = demoOf(918_273_645)
const java = await findJava(process.env)

it('runs once and ends; on kept data only what changed is published', async () => {
  expectWhole(await demo.once())

  await demo.betweenRuns(changeOneStock)
  const second = await demo.once()
  expect(second.ok).toBe(true)
  expect(publishedOf(second)).toEqual({ orders: 0, products: 0, inventory: 1, images: 0 })
  expect(second.fulfilments['published']).toBe(0)
})

it.skipIf(java.why !== undefined)('Ctrl-C during a run ends every process, the servers too', async () => {
  const alone = { KAFKA_BROKERS: '', SCHEMA_REGISTRY_URL: '', DYNAMODB_ENDPOINT: '', SERVICES: 'jars' }
  const run = await demo.start(['--fresh'], alone)
  await run.line(/everything runs/)
  const below = descendants(run.pid)
  // The program, the simulators, the supervisor and three servers.
  expect(below.length).toBeGreaterThanOrEqual(6)
  run.signal('SIGINT')
  expect((await run.exited).code).toBe(130)
  expect(below.filter(isAlive)).toEqual([])
})
