import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, inject, onTestFinished, test } from 'vitest'
import { findJava } from '../../../services/java.ts'
import { startServices } from '../../../services/start.ts'
import { createTable, recordCount, registerSchema, subjects, tableNames, writeLargeRecord } from './service-probe.ts'
import { tempFolder } from './temp-folder.ts'

const java = await findJava(process.env)

/** The environment of this machine without addresses, so that the servers are really started. */
const env = {
  ...process.env,
  KAFKA_BROKERS: undefined,
  SCHEMA_REGISTRY_URL: undefined,
  DYNAMODB_ENDPOINT: undefined,
  SERVICES: 'jars',
}

async function start(dataDir: string) {
  const services = await startServices({ dataDir, env })
  onTestFinished(() => services.stop())
  return services
}

test.skipIf(java.why !== undefined)(
  'a second start on the same folder finds topic, table and schema, on other ports',
  async () => {
    const dataDir = await tempFolder()
    const first = await start(dataDir)
    expect(first.how).toBe('kafka, registry, dynamodb as jars: Java is available')
    await writeLargeRecord(first.env, 'kept')
    await createTable(first.env, 'kept')
    await registerSchema(first.env, 'kept-value')
    await first.stop()

    const second = await start(dataDir)
    expect(second.env['KAFKA_BROKERS']).not.toBe(first.env['KAFKA_BROKERS'])
    expect(await recordCount(second.env, 'kept')).toBe(1)
    expect(await tableNames(second.env)).toEqual(['kept'])
    expect(await subjects(second.env)).toEqual(['kept-value'])
  },
)

test.skipIf(java.why !== undefined)('two folders run side by side, and one folder only once', async () => {
  const dataDir = await tempFolder()
  const services = await startServices({ dataDir, env, needs: ['dynamodb'] })
  onTestFinished(() => services.stop())
  await createTable(services.env, 'mine')

  expect(await tableNames(inject('services'))).not.toContain('mine')
  await expect(startServices({ dataDir, env, needs: ['dynamodb'] })).rejects.toThrow(
    `${dataDir} is in use by process ${process.pid}`,
  )
})

test.skipIf(java.why !== undefined)('ElasticMQ is started when it is asked for', async () => {
  const services = await startServices({ dataDir: await tempFolder(), env, needs: ['sqs'] })
  onTestFinished(() => services.stop())
  const response = await fetch(`${services.env['SQS_ENDPOINT']}/?Action=ListQueues`)
  expect(await response.text()).toContain('ListQueuesResult')
})

test.skipIf(java.why !== undefined)('a server that does not start says why in one sentence', async () => {
  const dataDir = await tempFolder()
  await mkdir(join(dataDir, 'kafka', 'logs'), { recursive: true })
  await writeFile(join(dataDir, 'kafka', 'logs', 'meta.properties'), 'version=1\ncluster.id=other\nnode.id=77\n')
  const failed = startServices({ dataDir, env, needs: ['kafka', 'dynamodb'] })
  await expect(failed).rejects.toThrow(
    /^kafka did not start: its data in .*kafka can't be read: .* \(its log is .*kafka\.log\)$/,
  )
})
