import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { writtenKinds } from '../../../scripts/kafka-acls.ts'
import { topics } from '../../../src/events/topics.ts'

const SCRIPT = fileURLToPath(new URL('../../../deploy/kafka/acls.sh', import.meta.url))

/** The commands of the script, with `echo` in place of kafka-acls.sh. */
function commands(env: Readonly<Record<string, string>>) {
  const { status, stdout, stderr } = spawnSync('bash', [SCRIPT, '--command-config', 'admin.properties'], {
    env: { PATH: process.env['PATH'] ?? '', KAFKA_ACLS: 'echo', ...env },
    encoding: 'utf8',
  })
  return { status, stderr, lines: stdout.trim().split('\n') }
}

it('somebody may append to each kind of topic, and the projector to reports alone', () => {
  const written = new Set(Object.values(writtenKinds).flat())
  expect(topics.map(({ kind }) => kind).filter((kind) => !written.has(kind))).toEqual([])
  expect(writtenKinds.projector).toEqual(['sync-status', 'dead-letters'])
})

it('the script gives each role its own, within the prefix', () => {
  const { status, lines } = commands({ BOOTSTRAP: 'broker:9092', PREFIX: 'shop.' })
  expect(status).toBe(0)
  for (const line of lines)
    expect(line).toMatch(/^--bootstrap-server broker:9092 --command-config admin.properties --add /)
  const writes = lines.filter(
    (line) => line.includes('--operation Write') && line.includes('User:waldstream-processor'),
  )
  expect(writes.join(' ')).toContain('--topic shop.universal-products')
  expect(writes.join(' ')).toContain('--topic shop.vendor-orders.')
  expect(writes.join(' ')).not.toContain('--topic shop.orders')
})

it('the script refuses an empty prefix, which would be every topic', () => {
  const { status, stderr } = commands({ BOOTSTRAP: 'broker:9092', PREFIX: '' })
  expect(status).not.toBe(0)
  expect(stderr).toContain('TOPIC_PREFIX')
})
