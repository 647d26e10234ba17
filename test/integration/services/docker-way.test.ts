import { expect, onTestFinished, test } from 'vitest'
import { findDocker } from '../../../services/docker-images.ts'
import { startServices } from '../../../services/start.ts'
import { createTable, recordCount, registerSchema, subjects, tableNames, writeLargeRecord } from './service-probe.ts'
import { tempFolder } from './temp-folder.ts'

const docker = await findDocker()
const env = {
  ...process.env,
  KAFKA_BROKERS: undefined,
  SCHEMA_REGISTRY_URL: undefined,
  DYNAMODB_ENDPOINT: undefined,
  SERVICES: 'docker',
}

test.skipIf(docker.why !== undefined)(
  'containers keep topic, table and schema over a second start',
  { timeout: 300_000 },
  async () => {
    const dataDir = await tempFolder()
    const first = await startServices({ dataDir, env })
    onTestFinished(() => first.stop())
    expect(first.how).toMatch(/^kafka, registry, dynamodb in Docker: Docker .* answers/)
    await writeLargeRecord(first.env, 'kept')
    await createTable(first.env, 'kept')
    await registerSchema(first.env, 'kept-value')
    await first.stop()

    const second = await startServices({ dataDir, env })
    onTestFinished(() => second.stop())
    expect(await recordCount(second.env, 'kept')).toBe(1)
    expect(await tableNames(second.env)).toEqual(['kept'])
    expect(await subjects(second.env)).toEqual(['kept-value'])
  },
)

test.skipIf(docker.why === undefined)('without an engine the message names the three ways out', async () => {
  const started = startServices({ dataDir: await tempFolder(), env })
  await expect(started).rejects.toThrow(/set KAFKA_BROKERS, SCHEMA_REGISTRY_URL.*no Docker engine answers.*Java 17/s)
})
