import { expect, it } from 'vitest'
import { refuseDataLoss } from '../../../src/cli/refuse-data-loss.ts'
import { readConfig } from '../../../src/config.ts'
import { StreamError } from '../../../src/errors.ts'
import { tableDefinitions } from '../../../src/operations/table-definitions.ts'
import { createLogger } from '../../../src/platform/logger.ts'
import { systemTypes } from '../../../src/systems/systems.ts'
import { memoryTables } from '../../memory/tables.ts'

async function start(env: Readonly<Record<string, string>>, openInspector: () => Promise<never>) {
  const logger = createLogger({ level: 'silent', name: 'test' })
  const config = readConfig({ SCHEMA_REGISTRY_URL: 'https://registry.example.com', AWS_REGION: 'x', ...env })
  const grounds = { openInspector }
  await refuseDataLoss({ config, grounds, logger, systemTypes, tables: memoryTables(tableDefinitions) })
}

const unasked = () => Promise.reject(new Error('is not asked'))
const refused = () => Promise.reject(new StreamError('broker_unavailable', 'not authorized'))

it('lets brokers of this machine be, and those that may lose records', async () => {
  await start({ KAFKA_BROKERS: '127.0.0.1:9092', TOPIC_REPLICATION: '1' }, unasked)
  await start({ KAFKA_BROKERS: 'kafka:9092', TOPIC_REPLICATION: '1', ALLOWED_DATA_LOSS: 'true' }, unasked)
})

it('refuses too few replicas on other brokers, also where topics may not be looked at', async () => {
  await expect(start({ KAFKA_BROKERS: 'kafka:9092', TOPIC_REPLICATION: '1' }, refused)).rejects.toMatchObject({
    code: 'configuration_invalid',
    field: 'TOPIC_REPLICATION',
  })
  await start({ KAFKA_BROKERS: 'kafka:9092' }, refused)
})
