import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import kafkajs from 'kafkajs'
import { expect, inject, it, onTestFinished } from 'vitest'
import type { Finding } from '../../../src/operations/doctor/finding.ts'
import { ROOT, startProgram } from '../../worlds/processes.ts'
import { install } from '../../worlds/processes-roles.ts'
import { startSimulators } from '../../worlds/processes-simulators.ts'
import { until } from '../../worlds/processes-until.ts'

const services = inject('services')

const doctor = (env: Readonly<Record<string, string>>, ...args: readonly string[]) => command(env, 'doctor', ...args)

async function command(env: Readonly<Record<string, string>>, name: string, ...args: readonly string[]) {
  const program = await startProgram({ name, args: ['src/cli/main.ts', name, ...args], env })
  const { code } = await program.exited
  return { code, printed: program.printed(), output: program.output() }
}

/** Gives a topic this setting; what else was set for it alone is gone. */
async function setAlone(brokers: string, topic: string, name: string, value: string): Promise<void> {
  const kafka = new kafkajs.Kafka({ brokers: brokers.split(','), logLevel: kafkajs.logLevel.NOTHING })
  const admin = kafka.admin()
  await admin.connect()
  const resource = { type: kafkajs.ConfigResourceTypes.TOPIC, name: topic, configEntries: [{ name, value }] }
  await admin.alterConfigs({ validateOnly: false, resources: [resource] })
  // The controller answers before the broker shows it.
  await until(`${name} of ${topic} is ${value}`, async () => {
    const asked = { type: kafkajs.ConfigResourceTypes.TOPIC, name: topic, configNames: [name] }
    const described = await admin.describeConfigs({ includeSynonyms: false, resources: [asked] })
    return described.resources[0]?.configEntries.some((entry) => entry.configValue === value)
  })
  await admin.disconnect()
}

it('finds a topic with wrong settings, a system that refuses the credentials and one that is not there; the rest is ok', async () => {
  const data = await mkdtemp(join(tmpdir(), 'waldstream-doctor-'))
  const simulators = await startSimulators(data, 5, 1)
  onTestFinished(async () => {
    await simulators.stop()
    await rm(data, { recursive: true, force: true })
  })
  const installed = await install('doctor', services, {
    ...simulators.env,
    DEMO_NETSUITE_TOKEN_SECRET: 'renewed-meanwhile',
    DEMO_IMAGES_URL: 'http://127.0.0.1:9/feeds/images.csv',
  })
  onTestFinished(installed.close)
  const { env } = installed
  const prefix = env['TOPIC_PREFIX'] ?? ''
  await setAlone(env['KAFKA_BROKERS'] ?? '', `${prefix}orders`, 'retention.ms', '86400000')

  const { code, printed } = await doctor(env, '--json')
  const { findings, failed } = JSON.parse(printed) as { findings: readonly Finding[]; failed: number }
  expect(findings.filter(({ level }) => level === 'fail').map(({ name, what }) => `${name}: ${what}`)).toEqual([
    expect.stringMatching(/^topic doctor-.*\.orders: message.timestamp.type is CreateTime/),
    expect.stringMatching(
      /^topic doctor-.*\.orders: retention.ms is 86400000, not -1: .*--add-config retention.ms=-1$/,
    ),
    expect.stringMatching(/^topic doctor-.*\.orders: max.message.bytes is /),
    expect.stringMatching(/^system images: target_unavailable: /),
    expect.stringMatching(/^system netsuite: credentials_refused: .*renew the credentials that its secrets refer to$/),
  ])
  expect([failed, code]).toEqual([5, 1])
  const fine = findings.filter(({ level }) => level === 'ok').map(({ name }) => name)
  const right = [
    'configuration',
    'brokers',
    'topics',
    'clock broker',
    'schemas',
    'tables',
    'rows',
    'system magento',
    'clock magento',
  ]
  expect(fine).toEqual(right)
  expect(findings.filter(({ level }) => level === 'warn')).toEqual([])
  expect(printed).not.toContain('renewed-meanwhile')

  const system = await command(env, 'system')
  expect(system.code).toBe(0)
  const lines = system.printed.split('\n')
  expect(lines[0]).toMatch(/^Waldstream \S+, Node v\S+, Kafka \S.* \(.*\), 18 of 18 schemas registered$/)
  expect(lines.find((line) => line.startsWith(`topic ${prefix}orders: `))).toMatch(
    /^topic \S+: 0 records, 3 partitions, 1 replicas; .*retention.ms is 86400000, not -1.*--add-config retention.ms=-1/,
  )
  expect(lines).toContainEqual(expect.stringMatching(new RegExp(`^table ${prefix}connections ACTIVE: \\d+ items, `)))
})

it('says what is gone when nothing answers', async () => {
  const env = {
    KAFKA_BROKERS: '127.0.0.1:9',
    SCHEMA_REGISTRY_URL: 'http://127.0.0.1:9',
    DYNAMODB_ENDPOINT: 'http://127.0.0.1:9',
    AWS_REGION: 'local',
    AWS_ACCESS_KEY_ID: 'a',
    AWS_SECRET_ACCESS_KEY: 'b',
    TOPIC_PREFIX: '',
    TABLE_PREFIX: '',
  }
  const { code, printed } = await doctor(env, '--timeout', '3')
  expect(code).toBe(1)
  for (const name of ['configuration', 'brokers', 'topics', 'schemas', 'tables']) {
    expect(printed).toMatch(new RegExp(`^fail ${name}: `, 'm'))
  }
  const folder = await doctor({ KAFKA_BROKERS: '', SCHEMA_REGISTRY_URL: '' }, join(ROOT, 'config/demo'))
  expect(folder).toMatchObject({
    code: 1,
    printed: expect.stringMatching(/^fail environment: .*KAFKA_BROKERS is not set/s),
  })
})

it('says how Kafka is signed in to, and that the AWS credentials for it are missing', async () => {
  const env = {
    KAFKA_BROKERS: '127.0.0.1:9',
    KAFKA_SSL: 'true',
    KAFKA_SASL_MECHANISM: 'aws-msk-iam',
    SCHEMA_REGISTRY_URL: 'http://127.0.0.1:9',
    DYNAMODB_ENDPOINT: 'http://127.0.0.1:9',
    AWS_REGION: 'eu-central-1',
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_CONFIG_FILE: '/nowhere',
    AWS_SHARED_CREDENTIALS_FILE: '/nowhere',
  }
  const none = { ...env, AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '' }
  expect((await doctor(none, '--timeout', '3')).printed).toMatch(
    /^fail kafka login: broker_unavailable: KAFKA_SASL_MECHANISM=aws-msk-iam found no AWS credentials .*set AWS_PROFILE/m,
  )
  const keys = { ...env, AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE', AWS_SECRET_ACCESS_KEY: 'hunter2' }
  const { printed } = await doctor(keys, '--timeout', '3')
  expect(printed).toMatch(
    /^ok {3}kafka login: by aws-msk-iam in eu-central-1, with AWS credentials that AWS_ACCESS_KEY_ID names$/m,
  )
  expect(printed).not.toContain('hunter2')
})
