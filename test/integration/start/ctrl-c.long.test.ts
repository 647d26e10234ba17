import { expect, it } from 'vitest'
import { findJava } from '../../../services/java.ts'
import { isAlive } from '../../../services/lock.ts'
import { descendants } from '../../worlds/processes.ts'
import { demoOf } from './demo-runs.ts'

const demo = demoOf(918_273_646)
const java = await findJava(process.env)

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
